import { RedisError } from "../reply.ts";
import type { Bytes } from "./bytes.ts";

/** Redis adds long doubles and writes 17 decimals at most. */
const MOST_DECIMALS = 17;

const NOT_FINITE = "ERR increment would produce NaN or Infinity";

/** Digits that a sum may have: a long double's range. */
const MOST_DIGITS = 5_000;

interface Decimal {
  digits: bigint;
  decimals: number;
}

/** The sum of two numbers that have been checked to be floats, exact to 17 decimals; throws when one is infinite. */
export function addDecimals(a: Bytes, b: Bytes): Bytes {
  const [left, right] = [parse(a), parse(b)];
  const decimals = Math.max(left.decimals, right.decimals);
  return write({ digits: scaled(left, decimals) + scaled(right, decimals), decimals });
}

function parse(text: Bytes): Decimal {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const decimals = fraction.length - Number(exponent);
  if (whole + fraction === "" || Math.abs(decimals) > MOST_DIGITS) throw new RedisError(NOT_FINITE);
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  return decimals < 0
    ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 }
    : { digits, decimals };
}

function scaled({ digits, decimals }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - decimals);
}

function write({ digits, decimals }: Decimal): Bytes {
  const excess = Math.max(0, decimals - MOST_DECIMALS);
  const unit = 10n ** BigInt(excess);
  const magnitude = ((digits < 0n ? -digits : digits) + unit / 2n) / unit;
  const text = String(magnitude).padStart(decimals - excess + 1, "0");
  const point = text.length - (decimals - excess);
  const fraction = text.slice(point).replace(/0+$/, "");
  const sign = digits < 0n && magnitude > 0n ? "-" : "";
  return sign + text.slice(0, point) + (fraction === "" ? "" : `.${fraction}`);
}

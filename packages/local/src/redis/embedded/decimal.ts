import { RedisError } from "../reply.ts";
import type { Bytes } from "./bytes.ts";

/** Redis adds long doubles, whose mantissa has 64 bits on x86, and prints at most 17 decimals. */
const BITS = 64;
const MOST_DECIMALS = 17;

const NOT_FINITE = "ERR increment would produce NaN or Infinity";

/** Largest decimal exponent of a summand, in either direction: a long double's range ends before it. */
const MOST_DIGITS = 5_000;

/** `mantissa` × 2^`exponent`; the mantissa has at most 64 bits. */
interface LongDouble {
  mantissa: bigint;
  exponent: number;
}

/**
 * The sum of two texts that have been checked to be floats, as long doubles add; throws if one is infinite or its exponent
 * exceeds `MOST_DIGITS`.
 */
export function addDecimals(a: Bytes, b: Bytes): Bytes {
  const [left, right] = [parse(a), parse(b)];
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = aligned(left, exponent) + aligned(right, exponent);
  const nearest = toLongDouble(sum, 1n);
  return write({ ...nearest, exponent: nearest.exponent + exponent });
}

const aligned = ({ mantissa, exponent }: LongDouble, to: number): bigint =>
  mantissa << BigInt(exponent - to);

function parse(text: Bytes): LongDouble {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const decimals = fraction.length - Number(exponent);
  if (whole + fraction === "" || Math.abs(decimals) > MOST_DIGITS) throw new RedisError(NOT_FINITE);
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  return decimals < 0
    ? toLongDouble(digits * 10n ** BigInt(-decimals), 1n)
    : toLongDouble(digits, 10n ** BigInt(decimals));
}

/** The long double nearest to a quotient. */
function toLongDouble(numerator: bigint, denominator: bigint): LongDouble {
  // With this exponent the quotient has 64 or 65 bits. One with 65 is computed again with one bit less, from the same numbers:
  // it must be rounded only once.
  const surplus = bitsOf(numerator) - bitsOf(denominator) - BITS;
  const quotient = (exponent: number) =>
    exponent < 0
      ? rounded(numerator << BigInt(-exponent), denominator)
      : rounded(numerator, denominator << BigInt(exponent));
  const mantissa = quotient(surplus);
  return bitsOf(mantissa) <= BITS
    ? { mantissa, exponent: surplus }
    : { mantissa: quotient(surplus + 1), exponent: surplus + 1 };
}

function bitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

/** The integer nearest to a quotient; of two equally near ones, the even one. */
function rounded(numerator: bigint, denominator: bigint): bigint {
  const isNegative = numerator < 0n;
  const magnitude = isNegative ? -numerator : numerator;
  const whole = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n);
  const result = up ? whole + 1n : whole;
  return isNegative ? -result : result;
}

function write({ mantissa, exponent }: LongDouble): Bytes {
  const unit = 10n ** BigInt(MOST_DECIMALS);
  const scaled =
    exponent < 0
      ? rounded(mantissa * unit, 1n << BigInt(-exponent))
      : (mantissa << BigInt(exponent)) * unit;
  const text = String(scaled < 0n ? -scaled : scaled).padStart(MOST_DECIMALS + 1, "0");
  const fraction = text.slice(-MOST_DECIMALS).replace(/0+$/, "");
  const sign = scaled < 0n ? "-" : "";
  return sign + text.slice(0, -MOST_DECIMALS) + (fraction === "" ? "" : `.${fraction}`);
}

import { RedisError } from "../reply.ts";
import type { Bytes } from "./bytes.ts";

export const SYNTAX_ERROR = "ERR syntax error";
export const NOT_AN_INTEGER = "ERR value is not an integer or out of range";
export const NOT_A_FLOAT = "ERR value is not a valid float";
export const NO_SUCH_KEY = "ERR no such key";
export const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

const INT64_MAX = 2n ** 63n - 1n;

export function isInt64(value: bigint): boolean {
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}

export function syntaxError(): RedisError {
  return new RedisError(SYNTAX_ERROR);
}

export function wrongArguments(command: string): RedisError {
  return new RedisError(`ERR wrong number of arguments for '${command}' command`);
}

export function bigInteger(text: Bytes | undefined, refusal = NOT_AN_INTEGER): bigint {
  if (text === undefined || !/^(?:0|-?[1-9]\d{0,18})$/.test(text)) throw new RedisError(refusal);
  const value = BigInt(text);
  if (!isInt64(value)) throw new RedisError(refusal);
  return value;
}

export function integer(text: Bytes | undefined, refusal = NOT_AN_INTEGER): number {
  return Number(bigInteger(text, refusal));
}

/** An integer of at least `min`; throws `refusal` for anything else. */
export function atLeast(min: number, text: Bytes | undefined, refusal: string): number {
  const value = integer(text, refusal);
  if (value < min) throw new RedisError(refusal);
  return value;
}

/** The optional count argument of the commands that pop elements. */
export function popCount(text: Bytes): number {
  return atLeast(0, text, "ERR value is out of range, must be positive");
}

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** A double as C's strtod parses it, including infinities; refuses NaN and hexadecimal digits. */
export function float(text: Bytes | undefined, refusal = NOT_A_FLOAT): number {
  const [, sign] = INFINITE.exec(text ?? "") ?? [];
  if (sign !== undefined) return sign === "-" ? -Infinity : Infinity;
  if (text === undefined || !FLOAT.test(text)) throw new RedisError(refusal);
  return Number(text);
}

/**
 * A double to be stored: refuses a number beyond the range of doubles, or so near to zero that no double but zero represents
 * it.
 */
export function storableFloat(text: Bytes | undefined): number {
  const value = float(text);
  const isTooLarge = !Number.isFinite(value) && !INFINITE.test(text ?? "");
  const isTooSmall = value === 0 && /[1-9]/.test(text?.replace(/e.*/i, "") ?? "");
  if (isTooLarge || isTooSmall) throw new RedisError(NOT_A_FLOAT);
  return value;
}

/**
 * Like C's `%.17g`, with which Redis 7.0 writes scores, and numbers that a script passes to `redis.call`; but -0 is `0`,
 * as Redis writes it for a score of a small sorted set.
 */
export function floatText(value: number): Bytes {
  if (Number.isFinite(value)) {
    if (Number.isInteger(value) && Math.abs(value) < 1e17) return String(value);
    const isSmall = Math.abs(value) < 1e-4;
    const text = isSmall ? value.toExponential(16) : value.toPrecision(17);
    return text.replace(/\.?0+(?=$|e)/, "").replace(/e([+-])(\d)$/, "e$10$2");
  }
  return value > 0 ? "inf" : "-inf";
}

/** A start and an end, which may count from the end, as positions within `length`; empty if `end < start`. */
export function positions(
  [start, end]: readonly [number, number],
  length: number,
): { start: number; end: number } {
  const fromEnd = (index: number) => (index < 0 ? length + index : index);
  return { start: Math.max(fromEnd(start), 0), end: Math.min(fromEnd(end), length - 1) };
}

/** Expiry options of SET and GETEX: milliseconds per unit, and whether they count from the present. */
const UNITS_MS: Readonly<Record<string, { unitMs: bigint; isRelative: boolean }>> = {
  EX: { unitMs: 1_000n, isRelative: true },
  PX: { unitMs: 1n, isRelative: true },
  EXAT: { unitMs: 1_000n, isRelative: false },
  PXAT: { unitMs: 1n, isRelative: false },
};

export function isMoment(option: string): boolean {
  return Object.hasOwn(UNITS_MS, option);
}

/** The Unix ms of an expiry option, which may be in the past; throws if it does not fit into 64 bits. */
export function momentMs(
  option: string,
  amount: Bytes | undefined,
  { command, nowMs }: { command: string; nowMs: number },
): number {
  const unit = UNITS_MS[option];
  if (unit === undefined) throw syntaxError();
  const atMs = bigInteger(amount) * unit.unitMs + (unit.isRelative ? BigInt(nowMs) : 0n);
  if (!isInt64(atMs)) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  return Number(atMs);
}

/** As `momentMs`, but refuses an amount of zero or less, as SET does; an absolute moment may still be past. */
export function futureMomentMs(
  option: string,
  amount: Bytes | undefined,
  context: { command: string; nowMs: number },
): number {
  if (bigInteger(amount) <= 0n)
    throw new RedisError(`ERR invalid expire time in '${context.command}' command`);
  return momentMs(option, amount, context);
}

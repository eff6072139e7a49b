import { RedisError } from "../reply.ts";
import type { Bytes } from "./bytes.ts";
import type { Keyspace } from "./redis-keyspace.ts";

export const SYNTAX_ERROR = "ERR syntax error";
export const NOT_AN_INTEGER = "ERR value is not an integer or out of range";
export const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

const INT64_MAX = 2n ** 63n - 1n;

export function isInt64(value: bigint): boolean {
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}

export function bigInteger(text: Bytes | undefined): bigint {
  if (text === undefined || !/^(?:0|-?[1-9]\d{0,18})$/.test(text))
    throw new RedisError(NOT_AN_INTEGER);
  const value = BigInt(text);
  if (!isInt64(value)) throw new RedisError(NOT_AN_INTEGER);
  return value;
}

export function integer(text: Bytes | undefined): number {
  return Number(bigInteger(text));
}

/** A string key's value; undefined when the key is absent, an error when it is of another type. */
export function stringAt({ data }: Keyspace, key: Bytes): Bytes | undefined {
  if (!data.has(key)) return undefined;
  const value = data.get(key);
  if (typeof value !== "string") throw new RedisError(WRONG_TYPE);
  return value;
}

/** How `EX`, `PX`, `EXAT` and `PXAT` give a moment, in Unix ms. */
const MOMENTS: Record<string, (amount: number) => number> = {
  EX: (seconds) => Date.now() + seconds * 1_000,
  PX: (ms) => Date.now() + ms,
  EXAT: (seconds) => seconds * 1_000,
  PXAT: (ms) => ms,
};

export function isMoment(option: string): boolean {
  return Object.hasOwn(MOMENTS, option);
}

/** The moment an expiry option names; zero and less are refused, as in SET. */
export function moment(option: string, amount: Bytes | undefined, command: string): number {
  if (amount === undefined) throw new RedisError(SYNTAX_ERROR);
  const value = integer(amount);
  const atMs = MOMENTS[option]?.(value);
  if (atMs === undefined) throw new RedisError(SYNTAX_ERROR);
  if (value <= 0) throw new RedisError(`ERR invalid expire time in '${command}' command`);
  return atMs;
}

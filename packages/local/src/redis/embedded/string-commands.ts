import { RedisError } from "../reply.ts";
import {
  bigInteger,
  integer,
  isInt64,
  isMoment,
  moment,
  stringAt,
  SYNTAX_ERROR,
} from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { Keyspace } from "./redis-keyspace.ts";

/** A command whose ioredis-mock version is not what Redis does. The number of arguments has been checked. */
export type Mended = (keyspace: Keyspace, args: Bytes[]) => Raw;

/** Strings and counters, mended: options in any case, ranges and integers checked, byte offsets. */
export const strings: Record<string, Mended> = {
  GET: (keyspace, [key = ""]) => stringAt(keyspace, key) ?? null,
  MGET: ({ data }, keys) => keys.map((key) => stringOrNull(data.has(key) ? data.get(key) : null)),
  SET: set,
  SETEX: (keyspace, [key = "", seconds, value = ""]) =>
    put(keyspace, key, value, moment("EX", seconds, "setex")),
  PSETEX: (keyspace, [key = "", ms, value = ""]) =>
    put(keyspace, key, value, moment("PX", ms, "psetex")),
  GETRANGE: getRange,
  SUBSTR: getRange,
  INCR: (keyspace, [key = ""]) => add(keyspace, key, 1n),
  DECR: (keyspace, [key = ""]) => add(keyspace, key, -1n),
  INCRBY: (keyspace, [key = "", by]) => add(keyspace, key, bigInteger(by)),
  DECRBY: (keyspace, [key = "", by]) => add(keyspace, key, -bigInteger(by)),
};

function stringOrNull(value: unknown): Bytes | null {
  return typeof value === "string" ? value : null;
}

/** Writes a string; without a moment it stays for good. */
function put({ data, expires }: Keyspace, key: Bytes, value: Bytes, atMs?: number): Bytes {
  data.set(key, value);
  if (atMs === undefined) expires.delete(key);
  else expires.set(key, atMs);
  return "OK";
}

interface SetOptions {
  condition?: "NX" | "XX";
  get?: true;
  keepTtl?: true;
  atMs?: number;
}

function set(keyspace: Keyspace, [key = "", value = "", ...words]: Bytes[]): Raw {
  const { condition, get, keepTtl, atMs } = setOptions(words);
  const { data, expires } = keyspace;
  const exists = data.has(key);
  const old = get === undefined ? null : (stringAt(keyspace, key) ?? null);
  if (condition !== undefined && (condition === "NX") === exists) return old;
  const goesAtMs = keepTtl && exists && expires.has(key) ? expires.get(key) : atMs;
  put(keyspace, key, value, goesAtMs);
  return get === undefined ? "OK" : old;
}

function setOptions(words: Bytes[]): SetOptions {
  const options: SetOptions = {};
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]?.toUpperCase() ?? "";
    const timed = options.keepTtl || options.atMs !== undefined;
    if ((word === "NX" || word === "XX") && (options.condition ?? word) === word)
      options.condition = word;
    else if (word === "GET") options.get = true;
    else if (word === "KEEPTTL" && !timed) options.keepTtl = true;
    else if (isMoment(word) && !timed) options.atMs = moment(word, words[(i += 1)], "set");
    else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

function getRange(keyspace: Keyspace, [key = "", from, to]: Bytes[]): Raw {
  const value = stringAt(keyspace, key) ?? "";
  const start = Math.max(fromEnd(integer(from), value.length), 0);
  const end = fromEnd(integer(to), value.length);
  return end < start ? "" : value.slice(start, end + 1);
}

function fromEnd(index: number, length: number): number {
  return index < 0 ? length + index : index;
}

function add(keyspace: Keyspace, key: Bytes, by: bigint): Raw {
  const sum = bigInteger(stringAt(keyspace, key) ?? "0") + by;
  if (!isInt64(sum)) throw new RedisError("ERR increment or decrement would overflow");
  keyspace.data.set(key, String(sum));
  return Number(sum);
}

import { constants } from "node:buffer";
import { RedisError } from "../reply.ts";
import {
  atLeast,
  bigInteger,
  float,
  futureMomentMs,
  integer,
  isInt64,
  isMoment,
  NOT_A_FLOAT,
  positions,
  syntaxError,
  wrongArguments,
} from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import { addDecimals } from "./decimal.ts";
import type { Keyspace } from "./redis-keyspace.ts";

/** Longest value: JavaScript's longest string is 24 characters shorter than Redis's `proto-max-bulk-len` of 512 MiB. */
const MAX_STRING_BYTES = Math.min(512 * 1024 * 1024, constants.MAX_STRING_LENGTH);

export const strings: CommandTable = {
  GET: (keyspace, [key = ""]) => keyspace.read(key, "string") ?? null,
  MGET: (keyspace, keys) =>
    keys.map((key) =>
      keyspace.typeOf(key) === "string" ? (keyspace.read(key, "string") ?? null) : null,
    ),
  SET: set,
  SETNX: (keyspace, [key = "", value = ""]) => {
    if (keyspace.has(key)) return 0;
    keyspace.write(key, "string", value);
    return 1;
  },
  SETEX: setExpiring("EX", "setex"),
  PSETEX: setExpiring("PX", "psetex"),
  GETSET: (keyspace, [key = "", value = ""]) => {
    const old = keyspace.read(key, "string") ?? null;
    keyspace.write(key, "string", value);
    return old;
  },
  GETDEL: (keyspace, [key = ""]) => {
    const old = keyspace.read(key, "string") ?? null;
    keyspace.delete(key);
    return old;
  },
  GETEX: getAndExpire,
  MSET: (keyspace, words) => {
    for (const [key, value] of pairs(words, "mset")) keyspace.write(key, "string", value);
    return "OK";
  },
  MSETNX: (keyspace, words) => {
    const given = pairs(words, "msetnx");
    if (given.some(([key]) => keyspace.has(key))) return 0;
    for (const [key, value] of given) keyspace.write(key, "string", value);
    return 1;
  },
  APPEND: (keyspace, [key = "", value = ""]) => {
    const old = keyspace.read(key, "string") ?? "";
    checkLength(old.length + value.length);
    const text = old + value;
    keyspace.overwrite(key, text);
    return text.length;
  },
  STRLEN: (keyspace, [key = ""]) => (keyspace.read(key, "string") ?? "").length,
  GETRANGE: getRange,
  SUBSTR: getRange,
  SETRANGE: setRange,
  INCR: (keyspace, [key = ""]) => add(keyspace, key, 1n),
  DECR: (keyspace, [key = ""]) => add(keyspace, key, -1n),
  INCRBY: (keyspace, [key = "", by]) => add(keyspace, key, bigInteger(by)),
  DECRBY: (keyspace, [key = "", by]) => {
    const decrement = -bigInteger(by);
    if (!isInt64(decrement)) throw new RedisError("ERR decrement would overflow");
    return add(keyspace, key, decrement);
  },
  INCRBYFLOAT: (keyspace, [key = "", by = ""]) => {
    const old = keyspace.read(key, "string") ?? "0";
    for (const text of [old, by]) float(text, NOT_A_FLOAT);
    const sum = addDecimals(old, by);
    keyspace.overwrite(key, sum);
    return sum;
  },
};

interface SetOptions {
  condition?: "NX" | "XX";
  get?: true;
  keepTtl?: true;
  atMs?: number;
}

function set(keyspace: Keyspace, [key = "", value = "", ...words]: readonly Bytes[]): Raw {
  const { condition, get, keepTtl, atMs } = setOptions(words, keyspace.now());
  const old = get === undefined ? null : (keyspace.read(key, "string") ?? null);
  if (condition !== undefined && (condition === "NX") === keyspace.has(key)) return old;
  keyspace.write(key, "string", value, keepTtl ? keyspace.expiryOf(key) : atMs);
  return get === undefined ? "OK" : old;
}

function setOptions(words: readonly Bytes[], nowMs: number): SetOptions {
  const options: SetOptions = {};
  let expiry: [option: string, amount: Bytes] | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i]?.toUpperCase() ?? "";
    const isTimed = options.keepTtl || expiry !== undefined;
    if ((word === "NX" || word === "XX") && (options.condition ?? word) === word)
      options.condition = word;
    else if (word === "GET") options.get = true;
    else if (word === "KEEPTTL" && !isTimed) options.keepTtl = true;
    else if (isMoment(word) && !isTimed) expiry = [word, amountAt(words, (i += 1))];
    else throw syntaxError();
  }
  if (expiry !== undefined) options.atMs = futureMomentMs(...expiry, { command: "set", nowMs });
  return options;
}

function amountAt(words: readonly Bytes[], index: number): Bytes {
  const amount = words[index];
  if (amount === undefined) throw syntaxError();
  return amount;
}

function setExpiring(option: string, command: string): Run {
  return (keyspace, [key = "", amount, value = ""]) => {
    const atMs = futureMomentMs(option, amount, { command, nowMs: keyspace.now() });
    keyspace.write(key, "string", value, atMs);
    return "OK";
  };
}

function getAndExpire(keyspace: Keyspace, [key = "", ...words]: readonly Bytes[]): Raw {
  const option = words[0]?.toUpperCase();
  const isPersist = option === "PERSIST";
  const count = option === undefined ? 0 : isPersist ? 1 : 2;
  if (words.length !== count || (count === 2 && !isMoment(option ?? ""))) throw syntaxError();
  const value = keyspace.read(key, "string");
  if (value === undefined) return null;
  if (option !== undefined) {
    const context = { command: "getex", nowMs: keyspace.now() };
    keyspace.expireAt(key, isPersist ? undefined : futureMomentMs(option, words[1], context));
  }
  return value;
}

function pairs(words: readonly Bytes[], command: string): [key: Bytes, value: Bytes][] {
  if (words.length % 2 === 1) throw wrongArguments(command);
  return Array.from({ length: words.length / 2 }, (_, i) => [
    words[i * 2] ?? "",
    words[i * 2 + 1] ?? "",
  ]);
}

function getRange(keyspace: Keyspace, [key = "", from, to]: readonly Bytes[]): Raw {
  const range = [integer(from), integer(to)] as const;
  const value = keyspace.read(key, "string") ?? "";
  const [first, last] = range;
  if (first < 0 && last < 0 && first > last) return "";
  const { start, end } = positions([first, Math.max(last, -value.length)], value.length);
  return value.slice(start, end + 1);
}

function setRange(keyspace: Keyspace, [key = "", offset, patch = ""]: readonly Bytes[]): Raw {
  const start = integer(offset);
  if (start < 0) throw new RedisError("ERR offset is out of range");
  const value = keyspace.read(key, "string") ?? "";
  if (patch === "") return value.length;
  checkLength(start + patch.length);
  const patched =
    value.slice(0, start).padEnd(start, "\0") + patch + value.slice(start + patch.length);
  keyspace.overwrite(key, patched);
  return patched.length;
}

function checkLength(bytes: number): void {
  if (bytes > MAX_STRING_BYTES)
    throw new RedisError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}

function add(keyspace: Keyspace, key: Bytes, by: bigint): Raw {
  const sum = bigInteger(keyspace.read(key, "string") ?? "0") + by;
  if (!isInt64(sum)) throw new RedisError("ERR increment or decrement would overflow");
  keyspace.overwrite(key, String(sum));
  return Number(sum);
}

const NOT_A_BIT_OFFSET = "ERR bit offset is not an integer or out of range";
const NOT_A_BIT = "ERR bit is not an integer or out of range";

/** Strings as bits, the most significant one of a byte first. */
export const bits: CommandTable = {
  GETBIT: (keyspace, [key = "", offset]) => {
    const at = bitOffset(offset);
    return bitAt(keyspace.read(key, "string") ?? "", at);
  },
  SETBIT: (keyspace, [key = "", offset, bit]) => {
    const at = bitOffset(offset);
    if (bit !== "0" && bit !== "1") throw new RedisError(NOT_A_BIT);
    const index = Math.floor(at / 8);
    const value = (keyspace.read(key, "string") ?? "").padEnd(index + 1, "\0");
    const mask = 128 >> (at % 8);
    const byte = bit === "1" ? value.charCodeAt(index) | mask : value.charCodeAt(index) & ~mask;
    keyspace.overwrite(
      key,
      value.slice(0, index) + String.fromCharCode(byte) + value.slice(index + 1),
    );
    return bitAt(value, at);
  },
  BITCOUNT: (keyspace, [key = "", ...range]) => {
    const value = keyspace.read(key, "string");
    if (value === undefined) return 0;
    if (range.length === 0) return countBits(value, 0, value.length * 8 - 1);
    const [from, to, unit = "BYTE", ...others] = range;
    if (to === undefined || others.length > 0) throw syntaxError();
    const [first, last] = [integer(from), integer(to)];
    if (first < 0 && last < 0 && first > last) return 0; // Redis looks at the unit afterwards.
    if (!/^(?:BYTE|BIT)$/i.test(unit)) throw syntaxError();
    const width = unit.toUpperCase() === "BIT" ? 1 : 8;
    const { start, end } = positions(
      [first, Math.max(last, (-value.length * 8) / width)],
      (value.length * 8) / width,
    );
    return countBits(value, start * width, end * width + width - 1);
  },
};

function bitOffset(text: Bytes | undefined): number {
  const at = atLeast(0, text, NOT_A_BIT_OFFSET);
  if (at >= MAX_STRING_BYTES * 8) throw new RedisError(NOT_A_BIT_OFFSET);
  return at;
}

function bitAt(value: Bytes, at: number): number {
  return (value.charCodeAt(Math.floor(at / 8)) >> (7 - (at % 8))) & 1;
}

function countBits(value: Bytes, from: number, to: number): number {
  let count = 0;
  for (let at = from; at <= to; at += 1) count += bitAt(value, at);
  return count;
}

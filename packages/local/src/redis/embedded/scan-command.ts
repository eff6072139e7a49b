import { RedisError } from "../reply.ts";
import { floatText, integer, syntaxError } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import { globTest } from "./glob.ts";
import type { Keyspace, Type, ValuesByType } from "./redis-keyspace.ts";

export const scans: CommandTable = {
  SCAN: (keyspace, [cursor, ...words]) => {
    const at = startOf(cursor);
    return scan(keyspace, at, optionsOf(words, true));
  },
  HSCAN: whole("hash", (hash) => [...hash]),
  SSCAN: whole("set", (set) => [...set].map((member) => [member])),
  ZSCAN: whole("zset", (zset) => [...zset].map(([member, score]) => [member, floatText(score)])),
};

interface ScanOptions {
  count: number;
  type: string | undefined;
  matches: (key: Bytes) => boolean;
}

function optionsOf(words: readonly Bytes[], ofKeys: boolean): ScanOptions {
  const found: ScanOptions = { count: 10, type: undefined, matches: () => true };
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    const word = words[i]?.toUpperCase();
    if (value === undefined) throw syntaxError();
    if (word === "MATCH") found.matches = globTest(value);
    else if (word === "COUNT") {
      found.count = integer(value);
      if (found.count < 1) throw syntaxError();
    } else if (word === "TYPE" && ofKeys) found.type = value.toLowerCase();
    else throw syntaxError();
  }
  return found;
}

function startOf(cursor: Bytes | undefined): number {
  const isNumber = cursor !== undefined && /^-?\d+$/.test(cursor);
  const value = isNumber ? BigInt(cursor) : 2n ** 64n;
  if (value >= 2n ** 64n || value <= -(2n ** 64n)) throw new RedisError("ERR invalid cursor");
  return Number(BigInt.asUintN(64, value));
}

/** Keys in the order of their hashes, so that a cursor stays valid when keys are added or removed. */
function scan(keyspace: Keyspace, cursor: number, { count, type, matches }: ScanOptions): Raw {
  const left = keyspace
    .keys()
    .map((key) => ({ key, at: hashOf(key) }))
    .filter(({ at }) => at >= cursor)
    .toSorted((a, b) => a.at - b.at);
  const last = left[count - 1]?.at ?? Infinity;
  const step = left.filter(({ at }) => at <= last);
  const found = step.filter(
    ({ key }) => matches(key) && (type === undefined || type === keyspace.typeOf(key)),
  );
  return [step.length === left.length ? "0" : String(last + 1), found.map(({ key }) => key)];
}

/** FNV-1a, 32 bits. */
function hashOf(text: Bytes): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}

/** A collection is returned in one step, as Redis returns small ones. */
function whole<T extends Type>(type: T, elements: (value: ValuesByType[T]) => Bytes[][]): Run {
  return (keyspace, [key = "", cursor, ...words]): Raw => {
    startOf(cursor);
    const value = keyspace.read(key, type);
    if (value === undefined) return ["0", []];
    const { matches } = optionsOf(words, false);
    return [
      "0",
      elements(value)
        .filter(([name = ""]) => matches(name))
        .flat(),
    ];
  };
}

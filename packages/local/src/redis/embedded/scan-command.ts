import { RedisError } from "../reply.ts";
import { integer, SYNTAX_ERROR } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import { globToRegExp } from "./glob.ts";
import { type Keyspace, toRaw, type Value } from "./redis-keyspace.ts";
import type { Mended } from "./string-commands.ts";

/** The walks, mended: ioredis-mock's cursor is a position, so it skips keys when others are deleted on the way. */
export const scans: Record<string, Mended> = {
  SCAN: (keyspace, [cursor, ...words]) => scan(keyspace, startOf(cursor), options(words)),
  HSCAN: whole((value) => Object.entries(value)),
  SSCAN: whole((value) => [...(value as Set<Bytes>)].map((member) => [member])),
  ZSCAN: whole((value) =>
    [...(value as Map<Bytes, { score: number }>)].map(([member, { score }]) => [
      member,
      String(score),
    ]),
  ),
};

interface ScanOptions {
  count: number;
  type: string | undefined;
  matches: (key: Bytes) => boolean;
}

function options(words: Bytes[]): ScanOptions {
  const found: ScanOptions = { count: 10, type: undefined, matches: () => true };
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    const word = words[i]?.toUpperCase();
    if (value === undefined) throw new RedisError(SYNTAX_ERROR);
    if (word === "MATCH") {
      const pattern = globToRegExp(value);
      found.matches = (key) => pattern.test(key);
    } else if (word === "COUNT") found.count = integer(value);
    else if (word === "TYPE") found.type = value.toLowerCase();
    else throw new RedisError(SYNTAX_ERROR);
  }
  if (found.count < 1) throw new RedisError(SYNTAX_ERROR);
  return found;
}

function startOf(cursor: Bytes | undefined): number {
  if (cursor === undefined || !/^\d+$/.test(cursor)) throw new RedisError("ERR invalid cursor");
  return Number(cursor);
}

/** Keys in the order of their hashes, so that a cursor keeps its meaning whatever comes and goes. */
function scan(keyspace: Keyspace, cursor: number, { count, type, matches }: ScanOptions): Raw {
  const left = keyspace.data
    .keys()
    .map((key) => ({ key, at: hash(key) }))
    .filter(({ at }) => at >= cursor)
    .toSorted((a, b) => a.at - b.at);
  const last = left[count - 1]?.at ?? Infinity;
  const step = left.filter(({ at }) => at <= last);
  const found = step.filter(
    ({ key }) => matches(key) && (type ?? typeOf(keyspace, key)) === typeOf(keyspace, key),
  );
  return [step.length === left.length ? "0" : String(last + 1), found.map(({ key }) => key)];
}

function typeOf(keyspace: Keyspace, key: Bytes): Raw {
  return toRaw(keyspace.native("type", [key])?.reply);
}

/** FNV-1a, 32 bits. */
function hash(text: Bytes): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}

/** A collection comes in one step, as Redis gives small ones. */
function whole(elements: (value: Value) => Bytes[][]): Mended {
  return ({ data }, [key = "", cursor, ...words]): Raw => {
    startOf(cursor);
    const { matches } = options(words);
    const value = data.has(key) ? data.get(key) : undefined;
    const found = value === undefined ? [] : elements(value);
    return ["0", found.filter(([name = ""]) => matches(name)).flat()];
  };
}

import { popCount, syntaxError } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import type { Keyspace } from "./redis-keyspace.ts";
import { randomCount, randomElements } from "./random-elements.ts";

const NONE: ReadonlySet<Bytes> = new Set();

function members(keyspace: Keyspace, key: Bytes): ReadonlySet<Bytes> {
  return keyspace.read(key, "set") ?? NONE;
}

type Combine = (sets: readonly ReadonlySet<Bytes>[]) => Set<Bytes>;

const difference: Combine = ([first = NONE, ...others]) =>
  new Set([...first].filter((member) => !others.some((other) => other.has(member))));
const intersection: Combine = ([first = NONE, ...others]) =>
  new Set([...first].filter((member) => others.every((other) => other.has(member))));
const union: Combine = (sets) => new Set(sets.flatMap((set) => [...set]));

export const sets: CommandTable = {
  SADD: (keyspace, [key = "", ...added]) => {
    const set = keyspace.open(key, "set");
    const before = set.size;
    for (const member of added) set.add(member);
    return set.size - before;
  },
  SREM: (keyspace, [key = "", ...removed]) => {
    const set = keyspace.read(key, "set");
    const gone = removed.filter((member) => set?.delete(member)).length;
    keyspace.dropEmpty(key);
    return gone;
  },
  SCARD: (keyspace, [key = ""]) => members(keyspace, key).size,
  SMEMBERS: (keyspace, [key = ""]) => [...members(keyspace, key)],
  SISMEMBER: (keyspace, [key = "", member = ""]) => Number(members(keyspace, key).has(member)),
  SMISMEMBER: (keyspace, [key = "", ...asked]) => {
    const set = members(keyspace, key);
    return asked.map((member) => Number(set.has(member)));
  },
  SMOVE: (keyspace, [from = "", to = "", member = ""]) => {
    const source = keyspace.read(from, "set");
    if (source === undefined) return 0;
    keyspace.read(to, "set");
    if (!source.has(member)) return 0;
    if (from === to) return 1;
    source.delete(member);
    keyspace.dropEmpty(from);
    keyspace.open(to, "set").add(member);
    return 1;
  },
  SPOP: (keyspace, [key = "", count, ...others]) => {
    if (others.length > 0) throw syntaxError();
    const most = count === undefined ? undefined : popCount(count);
    const set = keyspace.read(key, "set");
    const chosen = randomElements([...(set ?? NONE)], most);
    for (const member of chosen ?? []) set?.delete(member);
    keyspace.dropEmpty(key);
    return most === undefined ? (chosen?.[0] ?? null) : chosen;
  },
  SRANDMEMBER: (keyspace, [key = "", count, ...others]) => {
    if (others.length > 0) throw syntaxError();
    const most = count === undefined ? undefined : randomCount(count);
    const chosen = randomElements([...members(keyspace, key)], most);
    return most === undefined ? (chosen?.[0] ?? null) : chosen;
  },
  SDIFF: combined(difference),
  SINTER: combined(intersection),
  SUNION: combined(union),
  SDIFFSTORE: stored(difference),
  SINTERSTORE: stored(intersection),
  SUNIONSTORE: stored(union),
};

function combined(combine: Combine): Run {
  return (keyspace, keys): Raw => [...combine(keys.map((key) => members(keyspace, key)))];
}

function stored(combine: Combine): Run {
  return (keyspace, [target = "", ...keys]): Raw => {
    const result = combine(keys.map((key) => members(keyspace, key)));
    keyspace.write(target, "set", result);
    return result.size;
  };
}

import { RedisError } from "../reply.ts";
import {
  atLeast,
  floatText,
  integer,
  popCount,
  positions,
  storableFloat,
  syntaxError,
} from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable, Run } from "./command-table.ts";
import type { Keyspace } from "./redis-keyspace.ts";
import { scoreRange, sorted, type Scored } from "./sorted-set-ranges.ts";

const NONE: ReadonlyMap<Bytes, number> = new Map();

function scores(keyspace: Keyspace, key: Bytes): ReadonlyMap<Bytes, number> {
  return keyspace.read(key, "zset") ?? NONE;
}

export const sortedSets: CommandTable = {
  ZADD: add,
  ZINCRBY: (keyspace, [key = "", by, member = ""]) =>
    addTo(keyspace, key, INCREMENT, [[storableFloat(by), member]]),
  ZREM: (keyspace, [key = "", ...removed]) => remove(keyspace, key, removed),
  ZSCORE: (keyspace, [key = "", member = ""]) => scoreText(scores(keyspace, key).get(member)),
  ZMSCORE: (keyspace, [key = "", ...asked]) => {
    const zset = scores(keyspace, key);
    return asked.map((member) => scoreText(zset.get(member)));
  },
  ZCARD: (keyspace, [key = ""]) => scores(keyspace, key).size,
  ZCOUNT: (keyspace, [key = "", min, max]) => {
    const isIn = scoreRange(min, max);
    return sorted(scores(keyspace, key)).filter(isIn).length;
  },
  ZRANK: rank((zset) => sorted(zset)),
  ZREVRANK: rank((zset) => sorted(zset).toReversed()),
  ZDIFF: difference,
  ZPOPMIN: pop((zset) => sorted(zset)),
  ZPOPMAX: pop((zset) => sorted(zset).toReversed()),
  ZREMRANGEBYRANK: (keyspace, [key = "", from, to]) => {
    const range = [integer(from), integer(to)] as const;
    const zset = sorted(scores(keyspace, key));
    const { start, end } = positions(range, zset.length);
    const removed = zset.slice(start, Math.max(start, end + 1));
    return remove(
      keyspace,
      key,
      removed.map(([member]) => member),
    );
  },
  ZREMRANGEBYSCORE: (keyspace, [key = "", min, max]) => {
    const isIn = scoreRange(min, max);
    const removed = sorted(scores(keyspace, key)).filter(isIn);
    return remove(
      keyspace,
      key,
      removed.map(([member]) => member),
    );
  },
};

interface Flags {
  NX: boolean;
  XX: boolean;
  GT: boolean;
  LT: boolean;
  CH: boolean;
  INCR: boolean;
}

const NO_FLAGS: Flags = { NX: false, XX: false, GT: false, LT: false, CH: false, INCR: false };
const INCREMENT: Flags = { ...NO_FLAGS, INCR: true };

function isFlag(word: string): word is keyof Flags {
  return Object.hasOwn(NO_FLAGS, word);
}

function add(keyspace: Keyspace, [key = "", ...words]: readonly Bytes[]): Raw {
  const flags = { ...NO_FLAGS };
  const rest = [...words];
  for (let word = rest[0]?.toUpperCase(); word !== undefined && isFlag(word);) {
    flags[word] = true;
    rest.shift();
    word = rest[0]?.toUpperCase();
  }
  if (rest.length === 0 || rest.length % 2 === 1) throw syntaxError();
  const { NX, XX, GT, LT, INCR } = flags;
  if (NX && XX) throw new RedisError("ERR XX and NX options at the same time are not compatible");
  if ((GT && LT) || (NX && (GT || LT)))
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  if (INCR && rest.length > 2)
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  const pairs = Array.from(
    { length: rest.length / 2 },
    (_, i) => [storableFloat(rest[i * 2]), rest[i * 2 + 1] ?? ""] as const,
  );
  return addTo(keyspace, key, flags, pairs);
}

function addTo(
  keyspace: Keyspace,
  key: Bytes,
  flags: Flags,
  pairs: readonly (readonly [score: number, member: Bytes])[],
): Raw {
  const existing = keyspace.read(key, "zset");
  if (existing === undefined && flags.XX) return flags.INCR ? null : 0;
  const zset = existing ?? keyspace.open(key, "zset");
  let added = 0;
  let changed = 0;
  let last: number | undefined;
  try {
    for (const [given, member] of pairs) {
      const old = zset.get(member);
      last = nextScore(flags, old, given);
      if (last === undefined) continue;
      zset.set(member, last);
      if (old === undefined) added += 1;
      else if (old !== last) changed += 1;
    }
  } finally {
    keyspace.dropEmpty(key);
  }
  if (flags.INCR) return scoreText(last);
  return flags.CH ? added + changed : added;
}

/** The score to write; undefined when a flag (NX, XX, GT, LT) prevents the write. */
function nextScore(flags: Flags, old: number | undefined, given: number): number | undefined {
  if (old === undefined) return flags.XX ? undefined : given;
  if (flags.NX) return undefined;
  const next = flags.INCR ? old + given : given;
  if (Number.isNaN(next)) throw new RedisError("ERR resulting score is not a number (NaN)");
  return (flags.LT && next >= old) || (flags.GT && next <= old) ? undefined : next;
}

function scoreText(score: number | undefined): Raw {
  return score === undefined ? null : floatText(score);
}

function remove(keyspace: Keyspace, key: Bytes, removed: readonly Bytes[]): number {
  const zset = keyspace.read(key, "zset");
  const gone = removed.filter((member) => zset?.delete(member)).length;
  keyspace.dropEmpty(key);
  return gone;
}

/** Members of the first key that are in no other key; in sets, every score counts as 1. */
function difference(keyspace: Keyspace, [count, ...words]: readonly Bytes[]): Raw {
  integer(count); // For a count that is not an integer, Redis has another error text than for a count that is too small.
  const keyCount = atLeast(1, count, "ERR at least 1 input key is needed for 'zdiff' command");
  if (words.length < keyCount) throw syntaxError();
  const [first = new Map<Bytes, number>(), ...others] = words
    .slice(0, keyCount)
    .map((key) => scoresOfAny(keyspace, key));
  const options = words.slice(keyCount);
  if (options.some((option) => option.toUpperCase() !== "WITHSCORES")) throw syntaxError();
  return sorted(first)
    .filter(([member]) => !others.some((other) => other.has(member)))
    .flatMap(([member, score]) => (options.length > 0 ? [member, floatText(score)] : [member]));
}

function scoresOfAny(keyspace: Keyspace, key: Bytes): ReadonlyMap<Bytes, number> {
  if (keyspace.typeOf(key) !== "set") return scores(keyspace, key);
  return new Map([...(keyspace.read(key, "set") ?? [])].map((member) => [member, 1]));
}

type Order = (zset: ReadonlyMap<Bytes, number>) => Scored[];

function rank(order: Order): Run {
  return (keyspace, [key = "", member = ""]) => {
    const index = order(scores(keyspace, key)).findIndex(([each]) => each === member);
    return index === -1 ? null : index;
  };
}

function pop(order: Order): Run {
  return (keyspace, [key = "", count, ...others]) => {
    if (others.length > 0) throw syntaxError();
    const most = count === undefined ? 1 : popCount(count);
    const taken = order(scores(keyspace, key)).slice(0, most);
    remove(
      keyspace,
      key,
      taken.map(([member]) => member),
    );
    return taken.flatMap(([member, score]) => [member, floatText(score)]);
  };
}

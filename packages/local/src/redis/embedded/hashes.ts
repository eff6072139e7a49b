import { RedisError } from "../reply.ts";
import { bigInteger, float, isInt64, syntaxError, wrongArguments } from "./arguments.ts";
import type { Bytes, Raw } from "./bytes.ts";
import type { CommandTable } from "./command-table.ts";
import { addDecimals } from "./decimal.ts";
import type { Keyspace } from "./redis-keyspace.ts";
import { randomCount, randomElements } from "./random-elements.ts";

/** Highest count of pairs: Redis counts their fields and values together, in a signed 64-bit number. */
const MOST_PAIRS = 2n ** 62n - 1n;

const NONE: ReadonlyMap<Bytes, Bytes> = new Map();

function fields(keyspace: Keyspace, key: Bytes): ReadonlyMap<Bytes, Bytes> {
  return keyspace.read(key, "hash") ?? NONE;
}

export const hashes: CommandTable = {
  HSET: (keyspace, args) => set(keyspace, args, "hset"),
  HMSET: (keyspace, args) => {
    set(keyspace, args, "hmset");
    return "OK";
  },
  HSETNX: (keyspace, [key = "", field = "", value = ""]) => {
    const hash = keyspace.open(key, "hash");
    if (hash.has(field)) return 0;
    hash.set(field, value);
    return 1;
  },
  HGET: (keyspace, [key = "", field = ""]) => fields(keyspace, key).get(field) ?? null,
  HMGET: (keyspace, [key = "", ...names]) => {
    const hash = fields(keyspace, key);
    return names.map((name) => hash.get(name) ?? null);
  },
  HGETALL: (keyspace, [key = ""]) => [...fields(keyspace, key)].flat(),
  HKEYS: (keyspace, [key = ""]) => [...fields(keyspace, key).keys()],
  HVALS: (keyspace, [key = ""]) => [...fields(keyspace, key).values()],
  HLEN: (keyspace, [key = ""]) => fields(keyspace, key).size,
  HEXISTS: (keyspace, [key = "", field = ""]) => Number(fields(keyspace, key).has(field)),
  HSTRLEN: (keyspace, [key = "", field = ""]) => fields(keyspace, key).get(field)?.length ?? 0,
  HDEL: (keyspace, [key = "", ...names]) => {
    const hash = keyspace.read(key, "hash");
    const gone = names.filter((name) => hash?.delete(name)).length;
    keyspace.dropEmpty(key);
    return gone;
  },
  HINCRBY: (keyspace, [key = "", field = "", by]) => {
    const increment = bigInteger(by);
    const old = bigInteger(
      fields(keyspace, key).get(field) ?? "0",
      "ERR hash value is not an integer",
    );
    const sum = old + increment;
    if (!isInt64(sum)) throw new RedisError("ERR increment or decrement would overflow");
    keyspace.open(key, "hash").set(field, String(sum));
    return Number(sum);
  },
  HINCRBYFLOAT: (keyspace, [key = "", field = "", by = ""]) => {
    float(by);
    if (/inf/i.test(by)) throw new RedisError("ERR value is NaN or Infinity");
    const old = fields(keyspace, key).get(field) ?? "0";
    float(old, "ERR hash value is not a float");
    const sum = addDecimals(old, by);
    keyspace.open(key, "hash").set(field, sum);
    return sum;
  },
  HRANDFIELD: (keyspace, [key = "", count, ...words]) => {
    const most = count === undefined ? undefined : randomCount(count);
    if (words.length > 1 || (words[0] ?? "WITHVALUES").toUpperCase() !== "WITHVALUES")
      throw syntaxError();
    const pairs = words.length === 1 ? BigInt(count ?? 0) : 0n;
    if (pairs > MOST_PAIRS || pairs < -MOST_PAIRS)
      throw new RedisError("ERR value is out of range");
    const chosen = randomElements([...fields(keyspace, key)], most);
    if (chosen === null) return null;
    if (most === undefined) return chosen[0]?.[0] ?? null;
    return words.length === 1 ? chosen.flat() : chosen.map(([name]) => name);
  },
};

function set(keyspace: Keyspace, [key = "", ...words]: readonly Bytes[], command: string): Raw {
  if (words.length % 2 === 1) throw wrongArguments(command);
  const hash = keyspace.open(key, "hash");
  const before = hash.size;
  for (let i = 0; i < words.length; i += 2) hash.set(words[i] ?? "", words[i + 1] ?? "");
  return hash.size - before;
}

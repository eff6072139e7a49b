import * as fc from "fast-check";

/** A command as text: name and arguments. */
export type Words = readonly string[];

const key = fc.constantFrom("k", "l", "m");
const text = fc.constantFrom("a", "b", "c", "ä", "", "10", "3", "__proto__");
const integer = fc.constantFrom("0", "1", "2", "-1", "-2", "5", "100", "x", "1.5", "", "+1", "01");
const score = fc.constantFrom(
  "1",
  "2.5",
  "-1",
  "inf",
  "-inf",
  "+inf",
  "0",
  "x",
  "nan",
  "1e2",
  ".5",
);
const bound = fc.oneof(
  score,
  score.map((value) => `(${value}`),
);
const increment = fc.constantFrom("1", "1.5", "-0.1", "0.1", "1e2", "-1e-3", "inf", "x", "");
const soon = fc.constantFrom("100000", "0", "-1", "x", "9223372036854775807");
const pattern = fc
  .array(fc.constantFrom("*", "?", "[", "]", "^", "-", "\\", "a", "k", "l", "m"), { maxLength: 5 })
  .map((parts) => parts.join(""));

type Part = fc.Arbitrary<string> | fc.Arbitrary<Words> | string;

/** Arguments in sequence; a list of words takes several places. */
const args = (...parts: Part[]): fc.Arbitrary<Words> =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((values) => values.flat());
const many = (part: fc.Arbitrary<string>, min = 1, max = 3): fc.Arbitrary<Words> =>
  fc.array(part, { minLength: min, maxLength: max });
const maybe = (...parts: Part[]): fc.Arbitrary<Words> =>
  fc.option(args(...parts), { nil: [], freq: 2 }).map((words) => words ?? []);
/** One of the words, in either case. */
const word = (...words: string[]): fc.Arbitrary<string> =>
  fc.constantFrom(...words.flatMap((each) => [each, each.toLowerCase()]));
const pairs = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>): fc.Arbitrary<Words> =>
  fc.array(fc.tuple(first, second), { minLength: 1, maxLength: 3 }).map((each) => each.flat());

const scan = maybe(word("MATCH"), pattern);
const range = maybe(word("WITHSCORES", "REV", "BYSCORE", "bogus"));
const limit = maybe(word("LIMIT"), integer, integer);
const member = fc.constantFrom("-", "+", "[a", "(a", "[b", "(b", "[ä", "x", "");

/** Commands by family, each with valid and invalid arguments. */
export const FAMILIES: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<Words>>>>> = {
  lists: {
    LPUSH: args(key, many(text)),
    RPUSH: args(key, many(text)),
    LPUSHX: args(key, many(text)),
    RPUSHX: args(key, many(text)),
    LPOP: args(key, maybe(integer)),
    RPOP: args(key, maybe(integer)),
    LLEN: args(key),
    LRANGE: args(key, integer, integer),
    LINDEX: args(key, integer),
    LSET: args(key, integer, text),
    LREM: args(key, integer, text),
    LTRIM: args(key, integer, integer),
    LINSERT: args(key, word("BEFORE", "AFTER", "X"), text, text),
    LPOS: args(key, text, maybe(word("RANK"), integer), maybe(word("COUNT", "MAXLEN"), integer)),
    LMOVE: args(key, key, word("LEFT", "RIGHT"), word("LEFT", "RIGHT", "X")),
    RPOPLPUSH: args(key, key),
    LMPOP: args(
      fc.constantFrom("1", "2", "0", "x"),
      many(key, 1, 2),
      word("LEFT", "RIGHT"),
      maybe(word("COUNT"), integer),
    ),
  },
  hashes: {
    HSET: args(key, many(text, 2, 4)),
    HMSET: args(key, many(text, 2, 4)),
    HSETNX: args(key, text, text),
    HGET: args(key, text),
    HMGET: args(key, many(text)),
    HGETALL: args(key),
    HKEYS: args(key),
    HVALS: args(key),
    HLEN: args(key),
    HEXISTS: args(key, text),
    HSTRLEN: args(key, text),
    HDEL: args(key, many(text)),
    HINCRBY: args(key, text, integer),
    HINCRBYFLOAT: args(key, text, increment),
    HRANDFIELD: args(key, "100", maybe(word("WITHVALUES", "X"))),
    HSCAN: args(key, fc.constantFrom("0", "x"), scan),
  },
  sets: {
    SADD: args(key, many(text)),
    SREM: args(key, many(text)),
    SCARD: args(key),
    SMEMBERS: args(key),
    SISMEMBER: args(key, text),
    SMISMEMBER: args(key, many(text)),
    SMOVE: args(key, key, text),
    SPOP: args(key, fc.constantFrom("100", "0", "-1", "x")),
    SRANDMEMBER: args(key, fc.constantFrom("100", "0", "x")),
    SDIFF: many(key),
    SINTER: many(key),
    SUNION: many(key),
    SDIFFSTORE: many(key, 2, 3),
    SINTERSTORE: many(key, 2, 3),
    SUNIONSTORE: many(key, 2, 3),
    SSCAN: args(key, "0", scan),
  },
  "sorted sets": {
    ZADD: args(
      key,
      maybe(word("NX", "XX")),
      maybe(word("GT", "LT")),
      maybe(word("CH")),
      maybe(word("INCR")),
      pairs(score, text),
    ),
    ZREM: args(key, many(text)),
    ZSCORE: args(key, text),
    ZMSCORE: args(key, many(text)),
    ZCARD: args(key),
    ZINCRBY: args(key, score, text),
    ZCOUNT: args(key, bound, bound),
    ZRANK: args(key, text),
    ZREVRANK: args(key, text),
    ZRANGE: args(
      key,
      fc.oneof(integer, bound, member),
      fc.oneof(integer, bound, member),
      range,
      limit,
    ),
    ZREVRANGE: args(key, integer, integer, range),
    ZRANGEBYSCORE: args(key, bound, bound, range, limit),
    ZREVRANGEBYSCORE: args(key, bound, bound, range, limit),
    ZPOPMIN: args(key, maybe(integer)),
    ZPOPMAX: args(key, maybe(integer)),
    ZREMRANGEBYRANK: args(key, integer, integer),
    ZREMRANGEBYSCORE: args(key, bound, bound),
    ZDIFF: args(fc.constantFrom("1", "2", "0"), many(key, 1, 2), maybe(word("WITHSCORES"))),
    ZSCAN: args(key, "0", scan),
  },
  // All members have one score: with several, Redis does not define the content of a lexicographical range.
  "sorted sets in lexicographical order": {
    ZADD: args(key, "0", text),
    ZREM: args(key, many(text)),
    ZRANGE: args(key, member, member, word("BYLEX"), maybe(word("REV")), limit),
    ZRANGEBYLEX: args(key, member, member, limit),
    ZREVRANGEBYLEX: args(key, member, member, limit),
  },
  strings: {
    SET: args(key, text, maybe(word("NX", "XX", "GET", "KEEPTTL")), maybe(word("EX", "PX"), soon)),
    SETNX: args(key, text),
    SETEX: args(key, soon, text),
    PSETEX: args(key, soon, text),
    GET: args(key),
    GETSET: args(key, text),
    GETDEL: args(key),
    GETEX: args(key, maybe(word("EX", "PX", "PERSIST", "X")), maybe(soon)),
    MGET: many(key),
    MSET: args(pairs(key, text), maybe("odd")),
    MSETNX: args(pairs(key, text), maybe("odd")),
    APPEND: args(key, text),
    STRLEN: args(key),
    GETRANGE: args(key, integer, integer),
    SUBSTR: args(key, integer, integer),
    SETRANGE: args(key, fc.oneof(integer, fc.constant("536870912")), text),
    INCR: args(key),
    DECR: args(key),
    INCRBY: args(key, integer),
    DECRBY: args(key, fc.oneof(integer, fc.constant("-9223372036854775808"))),
    INCRBYFLOAT: args(key, increment),
    GETBIT: args(key, integer),
    SETBIT: args(key, integer, fc.constantFrom("0", "1", "2")),
    BITCOUNT: args(key, maybe(integer, integer, maybe(word("BYTE", "BIT", "X")))),
  },
  keys: {
    DEL: many(key),
    UNLINK: many(key),
    EXISTS: many(key),
    TOUCH: many(key),
    TYPE: args(key),
    RENAME: args(key, key),
    RENAMENX: args(key, key),
    KEYS: args(pattern),
    SCAN: args("0", scan, maybe(word("TYPE"), fc.constantFrom("set", "hash", "none"))),
    DBSIZE: args(),
    FLUSHDB: maybe(word("ASYNC", "SYNC", "X")),
    EXPIRE: args(key, soon, maybe(word("NX", "XX", "GT", "LT", "X")), maybe(word("NX", "GT"))),
    PEXPIREAT: args(
      key,
      fc.constantFrom("99999999999999", "1", "-1", "x"),
      maybe(word("XX", "LT")),
    ),
    PERSIST: args(key),
    TTL: args(key),
    PEXPIRETIME: args(key),
    PING: maybe(text),
    ECHO: args(text),
    PUBLISH: args("channel", text),
    PUBSUB: args(word("CHANNELS", "NUMPAT")),
    SET: args(key, text),
    LPUSH: args(key, text),
    SADD: args(key, text),
    HSET: args(key, text, text),
    ZADD: args(key, "1", text),
  },
};

/** A sequence of commands of one family, rarely interrupted by a command that writes another type or deletes a key. */
export function sequences(family: string): fc.Arbitrary<Words[]> {
  const own = Object.entries(FAMILIES[family] ?? {}).map(([name, words]) =>
    words.map((given) => [name, ...given]),
  );
  const other = fc.constantFrom(["SET", "m", "text"], ["HSET", "l", "a", "1"], ["DEL", "m"]);
  return fc.array(fc.oneof({ arbitrary: fc.oneof(...own), weight: 12 }, other), {
    minLength: 1,
    maxLength: 14,
  });
}

const call = fc.tuple(
  fc.constantFrom("call", "pcall"),
  fc.constantFrom(
    ["GET", "k"],
    ["GET", "list"],
    ["SET", "k", "1"],
    ["INCRBY", "k", "2"],
    ["LPUSH", "list", "a"],
    ["PUBLISH", "channel", "text"],
    ["ZADD", "z", "1.5", "a"],
    ["ZSCORE", "z", "a"],
    ["SUBSCRIBE", "channel"],
    ["MULTI"],
    ["EVAL", "return 1", "0"],
    ["BLPOP", "list", "0"],
    ["WATCH", "k"],
    ["NOPE"],
    ["GET"],
  ),
);

/** An EVAL of a few calls, with and without the right to write. */
export const evaluations: fc.Arbitrary<Words> = fc
  .tuple(
    fc.constantFrom("EVAL", "EVAL_RO"),
    fc.constantFrom("", "#!lua\n", "#!lua flags=no-writes\n", "#!lua flags=nonsense\n", "#!js\n"),
    fc.array(call, { minLength: 1, maxLength: 3 }),
  )
  .map(([name, shebang, calls]) => {
    const lines = calls.map(
      ([how, words], i) =>
        `local r${i} = redis.${how}(${words.map((each) => `'${each}'`).join(", ")})`,
    );
    const results = calls.map((_, i) => `r${i}`).join(", ");
    return [name, `${shebang}${lines.join(" ")} return { ${results} }`, "0"];
  });

import { type RedisEngine, startRedis } from "@algoitny/local/redis/start-redis";
import { RedisError, type Reply } from "@algoitny/local/redis/reply";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Numbers at the limits of the types that Redis parses: int, long, unsigned long and double. */
const HUGE = [
  "536870911",
  "2147483648",
  "-2147483649",
  "4294967296",
  "4611686018427387904",
  "-4611686018427387904",
  "-4611686018427387903",
  "9223372036854775807",
  "-9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "18446744073709551616",
  "-18446744073709551616",
  "1e3",
  "1e308",
  "-1e309",
  "1e-400",
  "0e-400",
];

const SETUP = [
  "SET s hello",
  "SET n 10",
  "RPUSH l a b a c",
  "SADD t a",
  "HSET h f 1",
  "ZADD z 1 a 2 b",
];

/** Commands with an `@` in the place of a huge number. */
const COMMANDS = [
  ["GETRANGE s @ -1", "GETRANGE s 0 @", "GETBIT s @", "BITCOUNT s @ -1", "BITCOUNT s 0 @ BIT"],
  ["INCRBY n @", "DECRBY n @", "HINCRBY h f @", "SETRANGE s @ ''"],
  ["SETEX e @ v", "PSETEX e @ v", "SET e v EX @", "SET e v PX @", "SET e v EXAT @"],
  ["SET e v PXAT @", "GETEX s EX @", "GETEX s PXAT @"],
  ["EXPIRE s @", "PEXPIRE s @", "EXPIREAT s @", "PEXPIREAT s @"],
  ["LPOP l @", "RPOP l @", "LRANGE l @ -1", "LRANGE l 0 @", "LTRIM l 0 @", "LTRIM l @ -1"],
  ["LINDEX l @", "LSET l @ x", "LREM l @ a", "LPOS l a COUNT @", "LPOS l a MAXLEN @"],
  ["LMPOP @ l LEFT", "LMPOP 1 l LEFT COUNT @", "SPOP t @", "ZDIFF @ z"],
  ["SRANDMEMBER none @", "HRANDFIELD none @", "HRANDFIELD none @ WITHVALUES"],
  ["HRANDFIELD none @ x"],
  ["ZRANGE z @ -1", "ZRANGE z 0 @ WITHSCORES", "ZRANGEBYSCORE z @ inf", "ZCOUNT z @ @"],
  ["ZRANGEBYSCORE z -inf inf LIMIT @ 1", "ZRANGEBYSCORE z -inf inf LIMIT 0 @"],
  ["ZPOPMIN z @", "ZPOPMAX z @", "ZREMRANGEBYRANK z @ 0", "ZREMRANGEBYSCORE z @ @"],
  ["ZADD z @ a", "ZADD z INCR @ a", "ZINCRBY z @ a"],
  ["HSCAN h @", "ZSCAN z @", "SSCAN t 0 COUNT @", "SCAN 0 COUNT @ TYPE none"],
  ["EVAL 'return 1' @", "EVAL 'return 1' @ a", "EVAL 'return @' 0"],
].flat();

const wordsOf = (line: string): string[] =>
  (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));

/** Integers beyond 2^53 from redis-server are rounded, and not always to the nearest double. */
function comparable(reply: Reply): unknown {
  if (reply instanceof RedisError) return { error: reply.message.replace(/ script: .*$/s, "") };
  if (Buffer.isBuffer(reply)) return reply.toString("latin1");
  if (typeof reply === "number") return Number(reply.toPrecision(12));
  return Array.isArray(reply) ? reply.map(comparable) : reply;
}

let embedded: RedisEngine;
beforeAll(async () => {
  embedded = await startRedis({ engine: "embedded" });
});
afterAll(() => embedded.close());

const call = async (engine: RedisEngine, line: string): Promise<unknown> =>
  comparable(await engine.call(wordsOf(line)));

describe.skipIf((await redisServerVersion()) === undefined)("like redis-server", () => {
  let server: RedisEngine;
  beforeAll(async () => {
    server = await startRedis({ engine: "server" });
  });
  afterAll(() => server.close());

  test.each(COMMANDS)("the embedded Redis answers %j with a huge number", async (command) => {
    const answers = (engine: RedisEngine) =>
      HUGE.reduce<Promise<unknown[]>>(async (before, number) => {
        const answered = await before;
        for (const line of ["FLUSHALL", ...SETUP]) await call(engine, line);
        const lines = [
          command.replaceAll("@", number),
          "LRANGE l 0 -1",
          "ZRANGE z 0 -1",
          "EXISTS e",
        ];
        for (const line of lines) answered.push([line, await call(engine, line)]);
        return answered;
      }, Promise.resolve([]));
    expect(await answers(embedded)).toEqual(await answers(server));
  });
});

const TOO_LONG = { error: "ERR string exceeds maximum allowed size (proto-max-bulk-len)" };

test("a value over JavaScript's longest string is refused as Redis refuses 512 MB", async () => {
  await call(embedded, "FLUSHALL");
  for (const offset of ["536870888", "536870911", "536870912", "9223372036854775807"])
    expect(await call(embedded, `SETRANGE k ${offset} a`)).toEqual(TOO_LONG);
  const bit = { error: "ERR bit offset is not an integer or out of range" };
  for (const offset of ["4294967295", "4294967296"])
    expect(await call(embedded, `SETBIT k ${offset} 1`)).toEqual(bit);
  expect(await call(embedded, "EXISTS k")).toBe(0);

  expect(await call(embedded, "SETRANGE k 536870887 a")).toBe(536_870_888);
  expect(await call(embedded, "APPEND k a")).toEqual(TOO_LONG);
  const inScript = "EVAL 'return redis.call(KEYS[1],KEYS[2],ARGV[1])' 2 APPEND k a";
  expect(await call(embedded, inScript)).toMatchObject(TOO_LONG);
  expect(await call(embedded, "STRLEN k")).toBe(536_870_888);
  expect(await call(embedded, "DEL k")).toBe(1);
});

test("a random draw of more elements than memory can hold is refused by the command's name", async () => {
  await call(embedded, "FLUSHALL");
  await call(embedded, "SADD t a");
  await call(embedded, "HSET h f 1");
  const refused = { error: expect.stringContaining("use redis-server") };
  for (const count of ["-1000001", "-4000000000", "-9223372036854775807"]) {
    expect(await call(embedded, `SRANDMEMBER t ${count}`)).toEqual(refused);
    expect(await call(embedded, `HRANDFIELD h ${count}`)).toEqual(refused);
  }
  expect(await call(embedded, "SRANDMEMBER t -3")).toEqual(["a", "a", "a"]);
});

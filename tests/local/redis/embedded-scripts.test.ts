import { type RedisEngine, startRedis } from "@algoitny/local/redis/start-redis";
import { afterAll, beforeAll, expect, test } from "vitest";

let redis: RedisEngine;
beforeAll(async () => {
  redis = await startRedis({ engine: "embedded" });
});
afterAll(() => redis.close());

const evaluate = async (script: string) => await redis.call(["EVAL", script, "0"]);

test("a script may return tables in tables, 500 deep", async () => {
  let reply = await evaluate("local t = {7} for i = 1, 500 do t = {t} end return t");
  for (let depth = 0; depth < 501; depth += 1)
    reply = Array.isArray(reply) ? (reply[0] ?? null) : null;
  expect(reply).toBe(7);
});

test("a table that contains itself ends in an error, and the next script runs", async () => {
  let reply = await evaluate("local t = {} t[1] = t return t");
  while (Array.isArray(reply)) reply = reply[0] ?? null;
  expect(reply).toMatchObject({ message: "ERR reached lua stack limit" });
  expect(String(await evaluate("return 'fine'"))).toBe("fine");
});

test("commands that are not emulated are refused by their name", async () => {
  for (const name of ["XADD", "PFADD", "GEOADD", "BITFIELD", "ZUNIONSTORE", "FUNCTION"]) {
    expect(await redis.call([name, "a", "b", "c", "d", "e"])).toMatchObject({
      message: `ERR the embedded Redis has no '${name}': use redis-server`,
    });
  }
});

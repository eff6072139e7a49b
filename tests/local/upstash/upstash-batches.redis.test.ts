import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
beforeEach(async () => {
  await upstash.redis.call(["FLUSHDB"]);
});
afterAll(() => upstash.close());

test("a pipeline runs in order, and one command's failure does not affect the others", async () => {
  const pipeline = upstash.client().pipeline().set("k", "x").incr("k").get("k").mget("k", "absent");
  expect(await pipeline.exec({ keepErrors: true })).toEqual([
    { result: "OK", error: undefined },
    { result: undefined, error: "ERR value is not an integer or out of range" },
    { result: "x", error: undefined },
    { result: ["x", null], error: undefined },
  ]);
});

test("a transaction runs all commands, also those after a failed one", async () => {
  const redis = upstash.client();
  const post = await fetch(`${upstash.url}/multi-exec`, {
    method: "POST",
    headers: { authorization: `Bearer ${upstash.token}` },
    body: JSON.stringify([
      ["SET", "k", "x"],
      ["INCR", "k"],
      ["SET", "after", 1],
    ]),
  });
  expect(post.status).toBe(200);
  expect(await post.json()).toEqual([
    { result: "OK" },
    { error: "ERR value is not an integer or out of range" },
    { result: "OK" },
  ]);
  expect(await redis.multi().get("k").get("after").exec()).toEqual(["x", "1"]);
});

test.each([
  [
    "a command with too few arguments",
    ["GET"],
    "EXECABORT Transaction discarded because of previous errors.",
  ],
  ["an unknown command", ["NOPE"], "EXECABORT Transaction discarded because of previous errors."],
  ["a command that is not offered", ["BLPOP", "k", 1], "ERR Command is not available: 'BLPOP'"],
])("%s in a transaction discards the whole transaction", async (_what, command, error) => {
  const response = await fetch(`${upstash.url}/multi-exec`, {
    method: "POST",
    headers: { authorization: `Bearer ${upstash.token}` },
    body: JSON.stringify([["SET", "k", "x"], command]),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringContaining(error) });
  expect(await upstash.client().get("k")).toBeNull();
});

test("no client sees the state within a transaction", async () => {
  const redis = upstash.client();
  const writers = Array.from({ length: 20 }, (_, i) =>
    redis.multi().set("a", String(i)).set("b", String(i)).exec(),
  );
  const readers = Array.from({ length: 20 }, () => redis.mget("a", "b"));
  const seen = await Promise.all(readers);
  await Promise.all(writers);
  expect(seen.filter(([a, b]) => a !== b)).toEqual([]);
});

test("each command is billed, and a batch is one request", async () => {
  const redis = upstash.client();
  const before = upstash.stats();
  await redis.mget("a", "b", "c");
  expect(upstash.stats()).toEqual({ requests: before.requests + 1, commands: before.commands + 1 });
  await redis.pipeline().set("a", "1").get("a").exec();
  await redis.multi().set("a", "1").get("a").incr("a").exec();
  await redis.eval("redis.call('SET', KEYS[1], '1') return redis.call('GET', KEYS[1])", ["a"], []);
  expect(upstash.stats()).toEqual({ requests: before.requests + 4, commands: before.commands + 7 });
});

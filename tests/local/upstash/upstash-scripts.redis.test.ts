import { createHash } from "node:crypto";
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

const evaluate = async (
  script: string,
  keys: string[] = [],
  args: string[] = [],
): Promise<unknown> => await upstash.client().eval(script, keys, args);

test("a lease is granted once: SET NX PX inside a script", async () => {
  const script = `
    local values = redis.call("MGET", KEYS[1], KEYS[2])
    local granted = redis.call("SET", KEYS[3], ARGV[1], "NX", "PX", ARGV[2])
    redis.call("PEXPIRE", KEYS[1], 90000)
    return { values[1], values[2], granted and 1 or 0, redis.call("GET", KEYS[3]) }`;
  const keys = ["stamp", "absent", "lease"];
  await upstash.client().set("stamp", "s1");
  expect(await evaluate(script, keys, ["me", "5000"])).toEqual(["s1", null, 1, "me"]);
  expect(await evaluate(script, keys, ["you", "5000"])).toEqual(["s1", null, 0, "me"]);
  expect(await upstash.client().pttl("lease")).toBeLessThanOrEqual(5_000);
  expect(await upstash.client().pttl("stamp")).toBeGreaterThan(80_000);
});

test("an empty string differs from an absent one, and ranges and deletions work", async () => {
  const script = `
    redis.call("SET", KEYS[1], "")
    redis.call("SET", KEYS[2], "header|body")
    return {
      type(redis.call("GET", KEYS[1])), type(redis.call("GET", KEYS[3])),
      redis.call("GETRANGE", KEYS[2], 0, 5), redis.call("DEL", KEYS[1], KEYS[2], KEYS[3]),
    }`;
  expect(await evaluate(script, ["empty", "text", "absent"])).toEqual([
    "string",
    "boolean",
    "header",
    2,
  ]);
});

test("an array that is returned ends at its first nil, false is null, numbers lose their fraction", async () => {
  expect(await evaluate("return {1, false, true, 2.9, -2.9, 'a', nil, 'lost'}")).toEqual([
    1,
    null,
    1,
    2,
    -2,
    "a",
  ]);
  expect(await evaluate("return nil")).toBeNull();
  expect(await evaluate("return {}")).toEqual([]);
  expect(await evaluate("return redis.status_reply('FINE')")).toBe("FINE");
});

test("numbers are doubles, written as Lua 5.1 writes them", async () => {
  const script = "return tostring(10 / 2) .. ' ' .. tonumber(ARGV[1]) * 1000 .. ' ' .. ARGV[2] + 1";
  expect(await evaluate(script, [], ["86400000", "1763839230123"])).toBe(
    "5 86400000000 1763839230124",
  );
  await evaluate("redis.call('SET', KEYS[1], tonumber(ARGV[1]) + 0.5)", ["n"], ["1763839230123"]);
  expect(await upstash.client().get("n")).toBe("1763839230123.5");
  await evaluate("for i = 1, 3 do redis.call('INCRBY', KEYS[1], 2147483647) end", ["big"]);
  expect(await evaluate("return redis.call('INCR', KEYS[1]) + 1", ["big"])).toBe(6_442_450_943);
});

test("text passes through a script byte by byte", async () => {
  const script =
    "redis.call('SET', KEYS[1], ARGV[1]) return { #ARGV[1], redis.call('GET', KEYS[1]) }";
  expect(await evaluate(script, ["ключ"], ["äöü\0🎉"])).toEqual([11, "äöü\0🎉"]);
});

test("redis.call ends the script at an error, redis.pcall returns the error", async () => {
  await upstash.client().lpush("list", "x");
  const ending = "redis.call('GET', KEYS[1]) redis.call('SET', KEYS[2], 'reached')";
  await expect(evaluate(ending, ["list", "k"])).rejects.toThrow(
    /^WRONGTYPE Operation .+ script: [0-9a-f]{40}/,
  );
  expect(await upstash.client().get("k")).toBeNull();
  const caught =
    "local reply = redis.pcall('GET', KEYS[1]) return { type(reply), string.sub(reply.err, 1, 9) }";
  expect(await evaluate(caught, ["list"])).toEqual(["table", "WRONGTYPE"]);
  await expect(evaluate("return redis.error_reply('MINE went wrong')")).rejects.toThrow(
    /^MINE went wrong/,
  );
  await expect(evaluate("return redis.error_reply('wrong')")).rejects.toThrow(/^ERR wrong/);
});

test.each([
  ["error('boom')", "ERR user_script:1: boom"],
  ["\nreturn {", "ERR Error compiling script (new function): user_script:2:"],
  ["leaked = 1", "ERR user_script:1: Attempt to modify a readonly table"],
  [
    "return absent",
    "ERR user_script:1: Script attempted to access nonexistent global variable 'absent'",
  ],
  ["return redis.call('NOPE')", "ERR Unknown Redis command called from script"],
  ["return redis.call('GET')", "ERR Wrong number of args calling Redis command from script"],
  [
    "return redis.call('GET', {})",
    "ERR Lua redis lib command arguments must be strings or integers",
  ],
])("%j is refused", async (script, error) => {
  await expect(evaluate(script)).rejects.toThrow(error);
});

test.each([
  ["-1", "ERR Number of keys can't be negative"],
  ["2", "ERR Number of keys can't be greater than number of args"],
  ["x", "ERR value is not an integer or out of range"],
])("%s as the number of keys is refused", async (count, error) => {
  await expect(upstash.client().exec(["EVAL", "return 1", count, "k"])).rejects.toThrow(error);
});

test("an unknown digest in EVALSHA is NOSCRIPT, SCRIPT EXISTS reports the known ones", async () => {
  const redis = upstash.client();
  const script = redis.createScript<string>("return 'first use'", { readonly: false });
  const before = upstash.stats().requests;
  expect(await script.exec([], [])).toBe("first use");
  expect(await script.exec([], [])).toBe("first use");
  expect(upstash.stats().requests - before).toBe(3);
  const sha = createHash("sha1").update("return 'loaded'").digest("hex");
  expect(await redis.scriptExists(sha)).toEqual([0]);
  expect(await redis.scriptLoad("return 'loaded'")).toBe(sha);
  expect(await redis.scriptExists(sha, "0".repeat(40))).toEqual([1, 0]);
  expect(await redis.evalsha(sha, [], [])).toBe("loaded");
  await redis.scriptFlush();
  await expect(redis.evalsha(sha, [], [])).rejects.toThrow("NOSCRIPT No matching script");
});

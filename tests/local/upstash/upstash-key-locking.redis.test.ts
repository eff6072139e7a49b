import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

const SHEBANG = "#!lua flags=allow-key-locking\n";

test("a script with the flag allow-key-locking runs, and is known by the digest of the sent text", async () => {
  const redis = upstash.client();
  const script = `${SHEBANG}return {KEYS[1], redis.call('SET', KEYS[1], ARGV[1], 'PX', 1000)}`;
  const sha = createHash("sha1").update(script).digest("hex");
  await expect(redis.evalsha(sha, ["k"], ["v"])).rejects.toThrow("NOSCRIPT");
  expect(await redis.eval(script, ["k"], ["v"])).toEqual(["k", "OK"]);
  expect(await redis.evalsha(sha, ["k2"], ["v"])).toEqual(["k2", "OK"]);
  expect(await redis.scriptExists(sha)).toEqual([1]);
  await redis.scriptFlush();
  expect(await redis.scriptLoad(script)).toBe(sha);
  expect(await redis.createScript(script).exec(["k"], ["v"])).toEqual(["k", "OK"]);
});

test.each([
  ["redis.call('SET', 'other', 'x')", "other"],
  ["redis.call('MGET', KEYS[1], 'mine:' .. ARGV[1])", "mine:v"],
  ["redis.call('UNLINK', KEYS[1], KEYS[2], 'third')", "third"],
])("%s is refused, because it names an undeclared key", async (call, key) => {
  const error = `ERR Dynamic keys are not allowed in Lua scripts when 'allow-key-locking' flag is set. Key was: ${key}`;
  const run = upstash.client().eval(`${SHEBANG}return ${call}`, ["k", "k2"], ["v"]);
  await expect(run).rejects.toThrow(error);
});

test("commands without keys need no declared key, and errors keep their line numbers", async () => {
  const redis = upstash.client();
  const time = `${SHEBANG}return #redis.call('TIME') + #redis.call('MGET', KEYS[1], KEYS[2])`;
  expect(await redis.eval(time, ["k", "k2"], [])).toBe(4);
  await expect(redis.eval(`${SHEBANG}\nerror('third line')`, [], [])).rejects.toThrow(
    "user_script:3: third line",
  );
});

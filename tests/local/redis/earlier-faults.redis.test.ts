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

/** One command over REST: its result, or the text of its error. */
const run = async (...command: [name: string, ...args: string[]]): Promise<unknown> =>
  await upstash
    .client()
    .exec(command)
    .catch((error: Error) => error.message.replace(/, command was: .*$/s, ""));

test("scores and a script's numbers near zero have an exponent of two digits", async () => {
  for (const [number, text] of [
    ["0.00001", "1.0000000000000001e-05"],
    ["0.0000001", "9.9999999999999995e-08"],
    ["1e-100", "1e-100"],
    ["0.0001", "0.0001"],
    ["1e17", "1e+17"],
  ] as const) {
    await run("ZADD", "set", number, "member");
    expect(String((await upstash.redis.call(["ZSCORE", "set", "member"])) as Buffer)).toBe(text);
    const script = "redis.call('SET', KEYS[1], tonumber(ARGV[1]))";
    await run("EVAL", script, "1", "number", number);
    expect(String((await upstash.redis.call(["GET", "number"])) as Buffer)).toBe(text);
  }
});

test("a script cannot subscribe, and the endpoint works afterwards", async () => {
  for (const name of ["SUBSCRIBE", "PSUBSCRIBE", "MONITOR", "MULTI", "BLPOP"]) {
    const args =
      name === "BLPOP" ? "'list', '0'" : name === "MULTI" || name === "MONITOR" ? "" : "'a'";
    const script = `return redis.call('${name}'${args && `, ${args}`})`;
    expect(await run("EVAL", script, "0")).toContain(
      "This Redis command is not allowed from script",
    );
  }
  expect(await run("FLUSHDB")).toBe("OK");
  expect(await run("SET", "k", "1")).toBe("OK");
  expect(await run("PUBLISH", "a", "text")).toBe(0);
});

test.each([
  ["EVAL_RO", "return redis.call('SET', KEYS[1], '1')"],
  ["EVAL_RO", "return redis.call('PUBLISH', 'a', '1')"],
  ["EVAL", "#!lua flags=no-writes\nreturn redis.call('DEL', KEYS[1])"],
])("a read-only script that %s runs does not write: %j", async (name, script) => {
  await run("SET", "k", "before");
  expect(await run(name, script, "1", "k")).toContain(
    "Write commands are not allowed from read-only scripts",
  );
  expect(
    await run(name, script.replace(/redis\.call.*/, "redis.call('GET', KEYS[1])"), "1", "k"),
  ).toBe("before");
});

test("EVALSHA_RO does not write, whichever command loaded its script", async () => {
  const sha = String(await run("SCRIPT", "LOAD", "return redis.call('SET', KEYS[1], '1')"));
  expect(await run("EVALSHA", sha, "1", "k")).toBe("OK");
  expect(await run("EVALSHA_RO", sha, "1", "k")).toContain("Write commands are not allowed");
});

test("a reply that is nested too deeply to be parsed fails its own request only", async () => {
  const script = "local t = {} for i = 1, 7000 do t = {t} end return t";
  await run("EVAL", script, "0"); // an error, or a reply cut off
  await expect.poll(() => run("PING")).toBe("PONG");
});

test.each([
  "redis.call = nil",
  "string.rep = nil",
  "tonumber = nil",
  "type = 'text'",
  "_G.pairs = nil",
  "rawset(redis, 'call', nil)",
  "setmetatable(_G, nil)",
  "table.insert(math, 1)",
])("a script that does %j has no effect on the next one", async (change) => {
  expect(await run("EVAL", `${change} return 1`, "0")).toMatch(
    /readonly table|protected|metatable/,
  );
  const uses = "return {redis.call('EXISTS', 'none'), tonumber('7'), ('ab'):rep(2), #math}";
  expect(await run("EVAL", uses, "0")).toEqual([0, 7, "abab", 0]);
});

test("a script gets a status reply as a table, and other texts as texts", async () => {
  const statuses = [
    "redis.call('SET', 'k', 'OK').ok",
    "redis.call('TYPE', 'k').ok",
    "redis.call('PING').ok",
    "redis.call('GET', 'k')",
    "redis.call('SET', 'k', 'b', 'GET')",
    "redis.call('PING', 'text')",
  ];
  expect(await run("EVAL", `return {${statuses.join(", ")}}`, "0")).toEqual([
    "OK",
    "string",
    "PONG",
    "OK",
    "OK",
    "text",
  ]);
});

test.each(["'SCRIPT', 'FLUSH'", "'CONFIG', 'GET', 'save'"])(
  "a script cannot call %s",
  async (args) => {
    expect(await run("EVAL", `return redis.call(${args})`, "0")).toContain(
      "This Redis command is not allowed from script",
    );
  },
);

test.each(["constructor", "__proto__"])(
  "after the unknown command %s the connection still reconnects when it breaks",
  async (name) => {
    expect(await run(name)).toContain("unknown command");
    const tooDeep = "local t = {} for i = 1, 7000 do t = {t} end return t";
    await run("EVAL", tooDeep, "0");
    await expect.poll(() => run("PING")).toBe("PONG");
  },
);

test("LPUSHX and RPUSHX push every value", async () => {
  await run("RPUSH", "list", "m");
  expect(await run("LPUSHX", "list", "b", "a")).toBe(3);
  expect(await run("RPUSHX", "list", "y", "z")).toBe(5);
  expect(await run("LRANGE", "list", "0", "-1")).toEqual(["a", "b", "m", "y", "z"]);
  expect(await run("RPUSHX", "absent", "a")).toBe(0);
});

test("SETRANGE past the end fills the gap with zero bytes", async () => {
  await run("SET", "k", "ab");
  expect(await run("SETRANGE", "k", "4", "cd")).toBe(6);
  expect(await run("GET", "k")).toBe("ab\0\0cd");
  expect(await run("SETRANGE", "k", "1", "X")).toBe(6);
  expect(await run("GET", "k")).toBe("aX\0\0cd");
  expect(await run("SETRANGE", "k", "-1", "x")).toContain("ERR offset is out of range");
});

test("ZADD accepts GT and LT in any case, and with CH and INCR", async () => {
  await run("ZADD", "z", "5", "a");
  expect(await run("ZADD", "z", "GT", "CH", "3", "a")).toBe(0);
  expect(await run("ZADD", "z", "gt", "ch", "7", "a", "1", "b")).toBe(2);
  expect(await run("ZADD", "z", "LT", "CH", "2", "a")).toBe(1);
  expect(await run("ZADD", "z", "XX", "INCR", "0.5", "a")).toBe("2.5");
  expect(await run("ZADD", "z", "NX", "GT", "1", "a")).toContain("not compatible");
});

test.each<[command: [name: string, ...args: string[]], error: string]>([
  [["LSET", "list", "9", "x"], "ERR index out of range"],
  [["HINCRBY", "hash", "word", "1"], "ERR hash value is not an integer"],
  [["RENAME", "absent", "other"], "ERR no such key"],
  [["MSET", "a", "1", "b"], "ERR wrong number of arguments for 'mset' command"],
  [["FLUSHDB", "NOW"], "ERR syntax error"],
  [["INCRBYFLOAT", "text", "inf"], "ERR increment would produce NaN or Infinity"],
])("%j is refused", async (command, error) => {
  await run("RPUSH", "list", "a");
  await run("HSET", "hash", "word", "x");
  expect(await run(...command)).toContain(error);
});

test("a key or a field may have the name of a property that every object has", async () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(await run("GET", name)).toBeNull();
    expect(await run("SET", name, "value")).toBe("OK");
    expect(await run("HSET", "hash", name, "value")).toBe(1);
    expect([await run("GET", name), await run("HGET", "hash", name)]).toEqual(["value", "value"]);
  }
  expect(await run("DBSIZE")).toBe(4);
});

test("a glob with many stars is matched without delay", async () => {
  await run("SET", "a".repeat(2_000), "1");
  expect(await run("KEYS", `${"a*".repeat(60)}b`)).toEqual([]);
});

test("line breaks in an unknown command do not end the error reply", async () => {
  const response = await fetch(upstash.url, {
    method: "POST",
    headers: { authorization: `Bearer ${upstash.token}`, "upstash-response-format": "resp2" },
    body: JSON.stringify(["no\r\n+OK"]),
  });
  expect(await response.text()).toMatch(/^-ERR unknown command '?no {2}\+OK'?[^\r\n]*\r\n$/i);
});

test("BITCOUNT of an empty range is 0, whatever unit follows", async () => {
  await run("SET", "k", "a");
  expect(await run("BITCOUNT", "k", "-1", "-2", "x")).toBe(0);
  expect(await run("BITCOUNT", "k", "0", "1", "x")).toContain("ERR syntax error");
});

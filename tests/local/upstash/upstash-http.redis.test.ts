import { startUpstash } from "@algoitny/local/upstash/start-upstash";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

interface Answer {
  status: number;
  body: unknown;
}

async function request(path: string, init: RequestInit = {}): Promise<Answer> {
  const authorization = `Bearer ${upstash.token}`;
  const response = await fetch(upstash.url + path, { headers: { authorization }, ...init });
  return { status: response.status, body: await response.json() };
}

const post = (path: string, body: string | Buffer): Promise<Answer> =>
  request(path, { method: "POST", body });
const ok = (result: unknown): Answer => ({ status: 200, body: { result } });
const refused = (status: number, error: string): Answer => ({
  status,
  body: { error: expect.stringContaining(error) },
});

test("a command can be written as a path, with every allowed method", async () => {
  expect(await request("/set/foo/bar/EX/100")).toEqual(ok("OK"));
  expect(await request("/ttl/foo")).toEqual(ok(100));
  expect(await request("/get/foo/", { method: "PUT" })).toEqual(ok("bar"));
  expect(await request("/mget/foo/absent", { method: "POST" })).toEqual(ok(["bar", null]));
  const head = await fetch(`${upstash.url}/get/foo?_token=${upstash.token}`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

test("the body is the argument after those of the path; those of the query follow it", async () => {
  expect(await post("/set/posted?EX=100&NX", "a/b c&d")).toEqual(ok("OK"));
  expect(await request("/get/posted")).toEqual(ok("a/b c&d"));
  expect(await request("/ttl/posted")).toEqual(ok(100));
  expect(await post("/set/posted?EX=100&NX", "second")).toEqual(ok(null));
});

test("segments and bodies can hold any byte", async () => {
  await post(`/set/${encodeURIComponent("ключ/1 %")}`, Buffer.from([0xff, 0x00, 0x0a]));
  expect(await request(`/strlen/${encodeURIComponent("ключ/1 %")}`)).toEqual(ok(3));
  await request("/set/%FF/x");
  expect(await upstash.redis.call(["GET", Buffer.from([0xff])])).toEqual(Buffer.from("x"));
});

test("numbers in a body keep their digits", async () => {
  expect(await post("/", '["SET", "n", 12345678901234567890]')).toEqual(ok("OK"));
  expect(await request("/get/n")).toEqual(ok("12345678901234567890"));
  expect(await post("/", '["ECHO", 1.50]')).toEqual(ok("1.50"));
  expect(await post("/", '["ECHO", true]')).toEqual(ok("true"));
});

test.each([
  ["no token", {}],
  ["another token", { authorization: "Bearer nonsense" }],
  ["another scheme", { authorization: "Basic nonsense" }],
])("%s is answered with 401", async (_what, headers: Record<string, string>) => {
  const before = upstash.stats();
  expect(await request("/get/foo", { headers })).toEqual(
    refused(401, "WRONGPASS invalid or missing auth token"),
  );
  expect(upstash.stats()).toEqual(before);
});

test("the token can be a query parameter, which is then not an argument", async () => {
  expect(await request(`/echo/x?_token=${upstash.token}`, { headers: {} })).toEqual(ok("x"));
});

test.each(["DELETE", "PATCH", "OPTIONS"])("%s is answered with 405", async (method) => {
  expect(await request("/get/foo", { method })).toEqual(refused(405, "method not allowed"));
});

test.each([
  ["/", "", "failed to parse"],
  ["/", '["GET"', "failed to parse"],
  ["/", "[]", "non-empty JSON array"],
  ["/", '{"GET": "k"}', "non-empty JSON array"],
  ["/", '["GET", null]', "strings, numbers or booleans"],
  ["/", '["GET", ["k"]]', "strings, numbers or booleans"],
  ["/", '["GET"]', "ERR wrong number of arguments for 'get' command"],
  ["/", '["NOPE", "k"]', "ERR unknown command"],
  ["/pipeline", "[]", "non-empty JSON array of commands"],
  ["/pipeline", '["GET", "k"]', "non-empty JSON array"],
  ["/multi-exec", "x", "failed to parse"],
])("POST %s with %s is answered with 400", async (path, body, error) => {
  expect(await post(path, body)).toEqual(refused(400, error));
});

const REFUSED = [
  ["BLPOP", "k", "1"],
  ["WATCH", "k"],
  ["MULTI"],
  ["SUBSCRIBE", "c"],
  ["SELECT", "1"],
  ["CLUSTER", "INFO"],
  ["XREAD", "BLOCK", "0", "STREAMS", "s", "$"],
  ["SHUTDOWN"],
];

test.each(REFUSED.map((command) => ({ command, text: command.join(" ") })))(
  "$text is not available over HTTP",
  async ({ command }) => {
    const error = `ERR Command is not available: '${command[0]}'`;
    expect(await post("/", JSON.stringify(command))).toEqual(refused(400, error));
    const pipeline = await post("/pipeline", JSON.stringify([command, ["ECHO", "x"]]));
    expect(pipeline.status).toBe(200);
    expect(pipeline.body).toEqual([{ error: expect.stringContaining(error) }, { result: "x" }]);
  },
);

test("a request of more than 10 MB is refused, one of exactly 10 MB is not", async () => {
  const limit = 10 * 1024 * 1024;
  const wrap = (length: number): string => `["SET","large","${"x".repeat(length)}"]`;
  const overhead = wrap(0).length;
  expect(await post("/", wrap(limit - overhead))).toEqual(ok("OK"));
  expect(await post("/", wrap(limit - overhead + 1))).toEqual(
    refused(
      400,
      `ERR max request size exceeded. Limit: ${limit} bytes, Actual: ${limit + 1} bytes`,
    ),
  );
  expect(await request("/strlen/large")).toEqual(ok(limit - overhead));
  await request("/del/large");
});

test("a connection stays open between requests", async () => {
  const response = await fetch(`${upstash.url}/ping?_token=${upstash.token}`);
  expect(response.headers.get("keep-alive")).toBe("timeout=65");
  expect(await response.json()).toEqual({ result: "PONG" });
});

test("the error for a port in use names the port", async () => {
  const port = Number(new URL(upstash.url).port);
  await expect(startUpstash({ redis: upstash.redis, token: "t", port })).rejects.toThrow(
    String(port),
  );
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
  await upstash.redis.call(["MSET", "foo", "bar", "ok", "OK"]);
});
afterAll(() => upstash.close());

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Response> {
  return await fetch(upstash.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${upstash.token}`, ...headers },
    body: JSON.stringify(body),
  });
}

const BASE64 = { "upstash-encoding": "base64" };
const RESP2 = { "upstash-response-format": "resp2" };

test("with the encoding base64, every string is encoded except OK, and OK too within an array", async () => {
  const one = async (...command: string[]): Promise<unknown> =>
    await (await post("/", command, BASE64)).json();
  expect(await one("SET", "a", "b")).toEqual({ result: "OK" });
  expect(await one("GET", "foo")).toEqual({ result: "YmFy" });
  expect(await one("GET", "ok")).toEqual({ result: "OK" });
  expect(await one("GET", "absent")).toEqual({ result: null });
  expect(await one("STRLEN", "foo")).toEqual({ result: 3 });
  expect(await one("MGET", "foo", "ok", "absent")).toEqual({ result: ["YmFy", "T0s=", null] });
  expect(await one("EVAL", "return {'OK', {'OK', 1}}", "0")).toEqual({
    result: ["T0s=", ["T0s=", 1]],
  });
  expect(await one("GET")).toEqual({ error: "ERR wrong number of arguments for 'get' command" });
});

test.each(["/pipeline", "/multi-exec"])(
  "base64 in %s follows the same rules for each reply",
  async (path) => {
    const response = await post(
      path,
      [
        ["SET", "a", "b"],
        ["GET", "foo"],
        ["MGET", "ok"],
      ],
      BASE64,
    );
    expect(await response.json()).toEqual([
      { result: "OK" },
      { result: "YmFy" },
      { result: ["T0s="] },
    ]);
  },
);

test("the format resp2 has the replies of Redis over TCP", async () => {
  const one = async (...command: string[]): Promise<string> =>
    await (await post("/", command, RESP2)).text();
  expect(await one("SET", "a", "b")).toBe("+OK\r\n");
  expect(await one("GET", "foo")).toBe("$3\r\nbar\r\n");
  expect(await one("GET", "absent")).toBe("$-1\r\n");
  expect(await one("STRLEN", "foo")).toBe(":3\r\n");
  expect(await one("MGET", "foo", "absent", "ok")).toBe("*3\r\n$3\r\nbar\r\n$-1\r\n$2\r\nOK\r\n");
  const pipeline = await post("/pipeline", [["GET", "foo"], ["NOPE"], ["STRLEN", "foo"]], RESP2);
  expect(pipeline.headers.get("content-type")).toBe("application/octet-stream");
  expect(await pipeline.text()).toMatch(/^\$3\r\nbar\r\n-ERR unknown command [^\r]*\r\n:3\r\n$/);
});

test("a failed command in resp2 is a 400 with the error in RESP", async () => {
  const response = await post("/", ["GET"], RESP2);
  expect(response.status).toBe(400);
  expect(await response.text()).toBe("-ERR wrong number of arguments for 'get' command\r\n");
});

test.each([
  ["an unknown format", "/", { "upstash-response-format": "resp3" }],
  ["resp2 together with base64", "/", { ...RESP2, ...BASE64 }],
  ["resp2 of a transaction", "/multi-exec", RESP2],
])("%s is answered with 400", async (_what, path, headers) => {
  const response = await post(path, path === "/" ? ["PING"] : [["PING"]], headers);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ error: expect.stringMatching(/^ERR .*resp[23]/) });
});

test("the format json can be requested by name", async () => {
  const response = await post("/", ["PING"], { "upstash-response-format": "json" });
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({ result: "PONG" });
});

test("every answer has a sync token, which changes with each command", async () => {
  const redis = upstash.client();
  await redis.set("a", "1");
  const first = redis.readYourWritesSyncToken;
  await redis.set("a", "2");
  const second = redis.readYourWritesSyncToken;
  expect(first).toBeTruthy();
  expect(second).toBeTruthy();
  expect(second).not.toBe(first);
  const other = upstash.client();
  other.readYourWritesSyncToken = second;
  expect(await other.get("a")).toBe("2");
});

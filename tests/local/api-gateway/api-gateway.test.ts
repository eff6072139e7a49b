import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { Invoke } from "@algoitny/local/invoke";
import type { RequestRecord } from "@algoitny/local/api-gateway/start-gateway";
import { gateway, issuer } from "./support/test-gateway.ts";

const body = async (response: Response) => [response.status, await response.json()];

/** Answer of the gateway's default function in these tests: its event. */
type Echo = {
  rawPath: string;
  headers: Record<string, string>;
  requestContext: { authorizer?: unknown };
};
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the function is this file's own
const echo = async (response: Response) => (await response.json()) as Echo;

test("a request reaches its route's function as an event, and the result becomes the answer", async () => {
  const invoke = vi.fn<Invoke>((_, event) => Promise.resolve({ got: event }));
  await using api = await gateway({
    routes: [{ key: "POST /pets/{id}", target: "http/pets", authorized: false }],
    invoke,
  });
  const response = await api.get("/pets/a%20b?x=1", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(invoke.mock.calls[0]?.[0]).toBe("http/pets");
  expect(await response.json()).toMatchObject({
    got: {
      rawPath: "/pets/a b",
      rawQueryString: "x=1",
      pathParameters: { id: "a b" },
      body: "{}",
    },
  });
});

test("each cookie becomes a set-cookie header", async () => {
  await using api = await gateway({
    invoke: () => Promise.resolve({ statusCode: 200, cookies: ["a=1", "b=2"] }),
  });
  expect((await api.get("/")).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("HEAD gets the headers and the length, without the body", async () => {
  await using api = await gateway({
    invoke: () => Promise.resolve({ statusCode: 200, headers: { etag: '"x"' }, body: "12345" }),
  });
  const response = await api.get("/", { method: "HEAD" });
  expect(response.headers.get("etag")).toBe('"x"');
  expect(response.headers.get("content-length")).toBe("5");
  expect(await response.text()).toBe("");
});

test("a HEAD whose function returned no body has no Content-Length", async () => {
  await using api = await gateway({ invoke: () => Promise.resolve({ statusCode: 200 }) });
  expect((await api.get("/", { method: "HEAD" })).headers.get("content-length")).toBeNull();
});

test("a 304 carries neither body nor length", async () => {
  await using api = await gateway({
    invoke: () => Promise.resolve({ statusCode: 304, headers: { etag: '"x"' } }),
  });
  const response = await api.get("/");
  expect(response.status).toBe(304);
  expect(response.headers.get("content-length")).toBeNull();
});

describe("the JWT authorizer", () => {
  const routes = [
    { key: "GET /private", target: "x", authorized: true },
    { key: "GET /public", target: "x", authorized: false },
  ];

  test("lets a valid token through with its claims", async () => {
    await using api = await gateway({ routes });
    const headers = { authorization: `Bearer ${await issuer.issueToken({ sub: "me" })}` };
    const event = await echo(await api.get("/private", { headers }));
    expect(event.requestContext.authorizer).toMatchObject({ jwt: { claims: { sub: "me" } } });
  });

  test("answers 401 itself, without invoking a function", async () => {
    const invoke = vi.fn<Invoke>(() => Promise.resolve({}));
    await using api = await gateway({ routes, invoke });
    const missing = await api.get("/private");
    expect(missing.headers.get("www-authenticate")).toBe("Bearer");
    expect(await body(missing)).toEqual([401, { message: "Unauthorized" }]);
    expect(invoke).not.toHaveBeenCalled();
  });

  test("ignores the tokens of other routes", async () => {
    await using api = await gateway({ routes });
    const response = await api.get("/public", { headers: { authorization: "Bearer rubbish" } });
    const event = await echo(response);
    expect(event.headers["authorization"]).toBe("Bearer rubbish");
    expect(event.requestContext.authorizer).toBeUndefined();
  });
});

describe("the gateway's own answers", () => {
  test("no route and no $default: 404", async () => {
    await using api = await gateway({ routes: [] });
    expect(await body(await api.get("/a"))).toEqual([404, { message: "Not Found" }]);
  });

  test("a function that throws: 500 without details, the error goes to the log", async () => {
    const onError = vi.fn<(target: string, error: unknown) => void>();
    const error = new Error("secret");
    await using api = await gateway({ invoke: () => Promise.reject(error), onError });
    const response = await api.get("/a");
    expect(await body(response)).toEqual([500, { message: "Internal Server Error" }]);
    expect(onError).toHaveBeenCalledExactlyOnceWith("echo", error);
  });

  test("a function that fails after the end of the gateway: nothing goes to the log", async () => {
    const onError = vi.fn<(target: string, error: unknown) => void>();
    const running = Promise.withResolvers<never>();
    const called = Promise.withResolvers<void>();
    const invoke = () => {
      called.resolve();
      return running.promise;
    };
    const api = await gateway({ invoke, onError });
    const dropped = expect(api.get("/a")).rejects.toThrow("fetch failed");
    await called.promise;
    await api[Symbol.asyncDispose]();
    running.reject(new Error("the runtime is closed"));
    await dropped;
    await setImmediate();
    expect(onError).not.toHaveBeenCalled();
  });

  test("a function that takes too long: 503", async () => {
    await using api = await gateway({
      integrationTimeoutMs: 20,
      invoke: () => new Promise(() => {}),
    });
    expect(await body(await api.get("/a"))).toEqual([503, { message: "Service Unavailable" }]);
  });

  test("more requests than a route's throttle: 429", async () => {
    await using api = await gateway({
      routes: [
        {
          key: "$default",
          target: "echo",
          authorized: false,
          throttle: { ratePerSecond: 0.001, burst: 2 },
        },
      ],
    });
    expect((await api.get("/a")).status).toBe(200);
    expect((await api.get("/b")).status).toBe(200);
    expect(await body(await api.get("/c"))).toEqual([429, { message: "Too Many Requests" }]);
  });

  test("a request line and header values of more than 10 240 bytes: 431", async () => {
    await using api = await gateway();
    const fits = await api.get("/", { headers: { "x-long": "a".repeat(9_500) } });
    expect(fits.status).toBe(200);
    const over = await api.get("/", { headers: { "x-long": "a".repeat(10_240) } });
    expect(await body(over)).toEqual([431, { message: "Request Header Fields Too Large" }]);
    const path = await api.get(`/?q=${"a".repeat(10_240)}`);
    expect(path.status).toBe(431);
  });

  test("headers too long to be parsed at all: 431 too", async () => {
    await using api = await gateway();
    const over = await api.get("/", { headers: { "x-long": "a".repeat(70_000) } });
    expect(await body(over)).toEqual([431, { message: "Request Header Fields Too Large" }]);
  });

  test("bytes that are not HTTP: 400", async () => {
    await using api = await gateway();
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    socket.end("rubbish\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request[^]*{"message":"Bad Request"}$/);
  });
});

describe("request bodies", () => {
  test("of up to Lambda's limit arrive whole", async () => {
    await using api = await gateway({
      invoke: (_, event) => Promise.resolve({ length: event.body?.length }),
    });
    const init = { method: "POST", headers: { "content-type": "text/plain" } };
    const response = await api.get("/", { ...init, body: "a".repeat(6_000_000) });
    expect(await response.json()).toEqual({ length: 6_000_000 });
    const over = await api.get("/", { ...init, body: "a".repeat(6_300_000) });
    expect(await body(over)).toEqual([413, { message: "Request Entity Too Large" }]);
  });

  test("of more than 10 MB are refused, with a length and without", async () => {
    await using api = await gateway();
    const large = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect((await api.get("/", { method: "POST", body: large })).status).toBe(413);

    const status = await new Promise((resolve, reject) => {
      const chunked = request(api.url, { method: "POST" }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      chunked.once("error", reject);
      chunked.write(large.subarray(0, 1_000));
      chunked.end(large);
    });
    expect(status).toBe(413);
  });

  test("a refused upload leaves the connection usable", async () => {
    await using api = await gateway();
    await api.get("/", { method: "POST", body: Buffer.alloc(11 * 1024 * 1024) });
    expect((await api.get("/")).status).toBe(200);
  });
});

test("paths beside the API are served first, and not logged as its requests", async () => {
  const records: RequestRecord[] = [];
  await using api = await gateway({
    beside: ({ url }) =>
      url === "/keys"
        ? { status: 200, headers: {}, cookies: [], body: Buffer.from("keys") }
        : undefined,
    onRequest: (record) => records.push(record),
  });
  expect(await (await api.get("/keys")).text()).toBe("keys");
  expect((await echo(await api.get("/else"))).rawPath).toBe("/else");
  expect(records.map(({ url }) => url)).toEqual(["/else"]);
});

test("every request is reported with its status and time", async () => {
  const records: RequestRecord[] = [];
  await using api = await gateway({ onRequest: (record) => records.push(record) });
  await api.get("/a?b=c");
  expect(records).toMatchObject([{ method: "GET", url: "/a?b=c", status: 200 }]);
  expect(records[0]?.durationMs).toBeGreaterThan(0);
});

test("many requests run concurrently", async () => {
  let running = 0;
  let most = 0;
  await using api = await gateway({
    invoke: async () => {
      running += 1;
      most = Math.max(most, running);
      await vi.waitFor(() => expect(most).toBe(50));
      running -= 1;
      return {};
    },
  });
  const responses = await Promise.all(Array.from({ length: 50 }, () => api.get("/")));
  expect(responses.every(({ status }) => status === 200)).toBe(true);
});

test("a port in use rejects with the system's error", async () => {
  await using api = await gateway();
  const port = Number(new URL(api.url).port);
  await expect(gateway({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

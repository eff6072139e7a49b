import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Redis } from "@upstash/redis";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createUpstashStore, type UpstashOptions } from "@algoitny/cache/upstash";

afterEach(() => vi.unstubAllEnvs());

test("an invalid address or token is refused, without showing either", () => {
  const client = new Redis({ url: "https://none.example", token: "none" });
  const cases: [Partial<UpstashOptions> | Redis | Map<string, string>, string][] = [
    [client, "got a client: pass { url, token }, or set UPSTASH_REDIS_REST_URL and"],
    [new Map(), "got a client: pass { url, token }, or set UPSTASH_REDIS_REST_URL and"],
    [{}, "url is missing: pass { url, token }, or set UPSTASH_REDIS_REST_URL and"],
    [{ url: "https://none.example" }, "token is missing: pass { url, token }, or set"],
    [
      { url: "rediss://none.example", token: "none" },
      "url is not the REST URL, which begins with https://",
    ],
    [{ url: "https://none.example", token: "none\n" }, "token has blanks"],
  ];
  for (const [options, words] of cases) {
    const create = () => createUpstashStore(options as Partial<UpstashOptions>);
    expect(create).toThrow(`definition_invalid: createUpstashStore: ${words}`);
    expect(create).not.toThrow(/none/);
  }
});

/** An endpoint with the test's answers, and the requests that it received. */
async function endpoint(answer: (response: ServerResponse) => void) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume().once("end", () => answer(response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: "secret-token",
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

test.for([
  ["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"],
  ["KV_REST_API_URL", "KV_REST_API_TOKEN"],
] as const)("without options, address and token come from %s and %s", async ([url, token]) => {
  await using server = await endpoint((response) => response.end('{"result":["text"]}'));
  vi.stubEnv(url, server.url);
  vi.stubEnv(token, server.token);
  expect(await createUpstashStore().mget(["a"])).toEqual(["text"]);
  expect(server.requests[0]?.headers.authorization).toBe("Bearer secret-token");
});

describe.for([
  ["Node's own connections", undefined],
  ["fetch", globalThis.fetch],
] as const)("over %s", ([, fetch]) => {
  const over = (server: { url: string; token: string }, more: Partial<UpstashOptions> = {}) =>
    createUpstashStore({
      url: server.url,
      token: server.token,
      ...(fetch && { fetch }),
      ...more,
    });

  test("an answer of an unexpected shape fails the request", async () => {
    for (const body of ["[1,2,3]", "{}", '{"result":null}', "null", "<html>", ""]) {
      await using server = await endpoint((response) => response.end(body));
      await expect(over(server).mget(["a"])).rejects.toMatchObject({ code: "store_failed" });
    }
  });

  test("the error for a refused token names the reason, and contains neither URL nor token", async () => {
    for (const [status, body, words] of [
      [401, '{"error":"WRONGPASS invalid or missing auth token"}', "(WRONGPASS)"],
      [401, "no", "(HTTP 401)"],
      [403, "", "(HTTP 403)"],
    ] as const) {
      await using server = await endpoint((response) => {
        response.writeHead(status).end(body);
      });
      const reading = over(server).mget(["a"]);
      await expect(reading).rejects.toMatchObject({ code: "store_misconfigured" });
      const { message } = (await reading.catch((error: Error) => error)) as Error;
      expect(message).toContain(words);
      expect(message).not.toMatch(/127\.0\.0\.1|secret/);
    }
  });

  test("the error for an endpoint without a listener does not contain its address", async () => {
    const server = await endpoint(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(over(server).mget(["a"])).rejects.toThrow(/^store_failed: mget: ECONNREFUSED$/);
  });

  test("a request fails when its answer is too large or too late", async () => {
    await using large = await endpoint((response) =>
      response.end(JSON.stringify({ result: ["x".repeat(2_000)] })),
    );
    await expect(over(large, { maxResponseBytes: 1_000 }).mget(["a"])).rejects.toThrow(
      "store_failed: mget: the answer is larger than 1000 bytes",
    );
    await using late = await endpoint(() => undefined);
    await expect(over(late, { timeout: "20 milliseconds" }).mget(["a"])).rejects.toThrow(
      "store_failed: mget: no answer within 20 ms",
    );
  });
});

test("connections are reused, and later requests carry the sync token of the last write", async () => {
  let answers = 0;
  const ports = new Set<number>();
  await using server = await endpoint((response) => {
    answers += 1;
    ports.add(response.socket?.remotePort ?? 0);
    response.setHeader("upstash-sync-token", `token-${answers}`);
    response.end(answers === 2 ? '{"result":1}' : '{"result":["text"]}');
  });
  const store = createUpstashStore(server);
  const look = () => store.mget(["a"], "any");
  await look();
  await store.delete(["a"]);
  await look();
  await look();
  expect(server.requests.map(({ headers }) => headers["upstash-sync-token"])).toEqual([
    undefined,
    undefined,
    "token-2",
    "token-2",
  ]);
  expect(ports.size).toBe(1);
});

test("texts that look like numbers or JSON are returned as texts", async () => {
  await using server = await endpoint((response) => response.end('{"result":["17",["18","{}"]]}'));
  const step = await createUpstashStore(server).walk({
    cursor: "0",
    pattern: "*",
    count: 10,
    remove: [],
  });
  expect(step).toEqual({ cursor: "17", keys: ["18", "{}"] });
});

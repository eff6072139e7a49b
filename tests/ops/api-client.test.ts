import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { createApiClient, UnreachableError } from "@algoitny/ops/api-client";
import { expect, test } from "vitest";

/** A client whose requests are recorded and receive these answers. */
function clientOf({ url = "http://127.0.0.1:1", answers }: { url?: string; answers: Response[] }) {
  const sent: { url: string; init: RequestInit }[] = [];
  const slept: number[] = [];
  const client = createApiClient({
    url,
    token: "t",
    fetch: async (input, init = {}) => {
      sent.push({ url: input instanceof Request ? input.url : String(input), init });
      return answers.shift() ?? new Response("", { status: 500 });
    },
    sleep: async (ms) => {
      slept.push(ms);
      await turnOfTheLoop();
    },
  });
  return { ...client, sent, slept };
}

test("a request to an API that is too busy is repeated after the time in Retry-After", async () => {
  const { call, slept } = clientOf({
    answers: [
      new Response('{"error":"slow down"}', { status: 429, headers: { "retry-after": "3" } }),
      new Response('{"id":1}', { status: 201 }),
    ],
  });
  expect(await call("POST", "/api/problems/", {})).toEqual({ id: 1 });
  expect(slept).toEqual([3_000]);
});

test.each([
  [
    403,
    '{"error":"admins only"}',
    "give one with --token",
    "403: admins only (give one with --token)",
  ],
  [
    401,
    '{"message":"Unauthorized"}',
    "give one with --token",
    "401: Unauthorized (give one with --token)",
  ],
  [401, '{"message":"Unauthorized"}', undefined, "401: Unauthorized"],
  [404, '{"error":"no"}', "give one with --token", "404: no"],
  [502, "<p>", undefined, "502: <p>"],
])(
  "a %i with %s is reported with its message and, if a token is refused, with %s",
  async (status, body, tokenAdvice, message) => {
    const { call } = createApiClient({
      url: "http://127.0.0.1:1",
      ...(tokenAdvice !== undefined && { tokenAdvice }),
      fetch: async () => new Response(body, { status }),
    });
    await expect(call("POST", "/api/problems/", {})).rejects.toMatchObject({ message });
  },
);

test("send returns an answer of any status, its body as text and as JSON", async () => {
  const { send } = clientOf({
    answers: [
      new Response('{"error":"no"}', { status: 404 }),
      new Response("<p>", { status: 502 }),
    ],
  });
  const error = await send("GET", "/api/x/");
  expect(error).toMatchObject({ status: 404, text: '{"error":"no"}', json: { error: "no" } });
  expect(await send("GET", "/api/x/")).toMatchObject({ status: 502, json: undefined });
});

test("the token is sent with each request that is not anonymous", async () => {
  const { send, sent } = clientOf({ answers: [] });
  await send("GET", "/api/x/");
  await send("GET", "/api/x/", { anonymous: true, headers: { "x-a": "b" } });
  expect(sent.map(({ init }) => init.headers)).toEqual([
    { authorization: "Bearer t" },
    { "x-a": "b" },
  ]);
});

test.each([
  "http://a.example",
  "http://a.example/",
  "http://a.example/api",
  "http://a.example/api/",
])("%s is the same address", async (url) => {
  const { send, sent } = clientOf({ url, answers: [] });
  await send("GET", "/api/x/");
  expect(sent[0]?.url).toBe("http://a.example/api/x/");
});

test("the error for an address where nothing answers has the address, and the cause of `fetch failed`", async () => {
  const cause = new Error("connect ECONNREFUSED 127.0.0.1:9");
  const { call } = createApiClient({
    url: "http://127.0.0.1:9",
    fetch: async () => {
      throw new TypeError("fetch failed", { cause });
    },
  });
  const error = await call("GET", "/api/x/").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error).toMatchObject({ message: expect.stringContaining("http://127.0.0.1:9"), cause });
});

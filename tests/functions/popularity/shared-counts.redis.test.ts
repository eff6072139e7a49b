import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { toHttpError } from "@algoitny/functions/endpoint/failure";
import { createSharedCounts } from "@algoitny/functions/popularity/shared-counts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

const HOUR_MS = 3_600_000;

/** The hour, counted from 1970, in which every test begins. */
const HOUR = 500_000;

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** Two instances with one clock; each test has its own key prefix. */
function setup(prefix: string) {
  let nowMs = HOUR * HOUR_MS;
  const instance = () =>
    createSharedCounts({
      url: upstash.url,
      token: upstash.token,
      prefix,
      timeoutMs: 10_000,
      now: () => nowMs,
    });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { one: instance(), other: instance(), pass };
}

const keysOf = async (top: Promise<[key: string, count: number][]>) =>
  (await top).map(([key]) => key);

test("counts of several instances are summed; adding and reading take one command each", async () => {
  const { one, other } = setup("sum");
  const before = upstash.stats().commands;
  await one.add([
    ["a", 3],
    ["b:with:colons", 2],
  ]);
  await other.add([
    ["b:with:colons", 2],
    ["c", 1],
  ]);
  expect(await keysOf(one.top(10))).toEqual(["b:with:colons", "a", "c"]);
  expect(await keysOf(other.top(1))).toEqual(["b:with:colons"]);
  expect(upstash.stats().commands - before).toBe(4);
});

test("reads of an hour ago still count, older ones are removed", async () => {
  const { one, pass } = setup("hours");
  await one.add([["old", 9]]);
  pass(HOUR_MS);
  await one.add([["new", 1]]);
  expect(await keysOf(one.top(10))).toEqual(["old", "new"]);
  pass(HOUR_MS);
  expect(await keysOf(one.top(10))).toEqual(["new"]);
  expect(await upstash.client().ttl(`hours:${HOUR}`)).toBeGreaterThan(3_600);
});

test("an hour keeps its 500 most read keys", async () => {
  const { one } = setup("many");
  await one.add([["most", 1_000]]);
  for (let part = 0; part < 12; part += 1)
    await one.add(Array.from({ length: 50 }, (_, index) => [`${part}:${index}`, 1 + part]));
  expect(await upstash.client().zcard(`many:${HOUR}`)).toBe(500);
  expect((await one.top(2))[0]?.[0]).toBe("most");
});

test("a request for counts that fails is not repeated, because readers wait for it", async () => {
  const requests: IncomingMessage[] = [];
  const down = createServer((request) => {
    requests.push(request);
    request.socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(down, "listening");
  const { port } = down.address() as AddressInfo;
  const counts = createSharedCounts({
    url: `http://127.0.0.1:${port}`,
    token: "t",
    timeoutMs: 10_000,
  });
  await expect(counts.add([["a", 1]])).rejects.toThrow("the counts in Redis cannot be reached");
  await expect(counts.top(1)).rejects.toThrow("the counts in Redis cannot be reached");
  expect(requests).toHaveLength(2);
  down.close();
});

test("counts that do not arrive in time are reported as a fault of Redis, not of the database", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const late = createSharedCounts({ url, token: "t", timeoutMs: 10 });
  const error = await late.top(1).catch((reason: unknown) => reason);
  expect(toHttpError(error)).toMatchObject({
    status: 503,
    message: "the cache's store does not answer right now; try again",
  });
  silent.closeAllConnections();
  silent.close();
});

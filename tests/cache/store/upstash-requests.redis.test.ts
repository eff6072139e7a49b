import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "@algoitny/cache/store";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";
import { type Proxying, reply, startUpstashProxy } from "../../support/upstash-proxy.ts";

const MIB = 1024 * 1024;

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** A store behind a proxy that lists its requests by their number of commands. */
async function counting(proxying?: Proxying) {
  const requests: number[] = [];
  const proxy = await startUpstashProxy(upstash, async (request, response) => {
    requests.push(request.commands.length);
    if (proxying) await proxying(request, response);
    else reply(response, await request.forward());
  });
  return {
    store: createUpstashStore({ ...proxy, timeout: "30 seconds" }),
    requests,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

/** Commits entries of a size under leases that are not held: this test is only about the requests. */
function commitAll(store: Store, count: number, bytes: number) {
  return store.commit({
    seqKey: "requests:seq",
    random: "random",
    requests: Array.from({ length: count }, (_, index) => ({
      entryKey: `requests:entry:${index}`,
      leaseKey: `requests:lease:${index}`,
      token: "none",
      id: `2.${index}`,
      rest: `[]\n${"x".repeat(bytes)}`,
      bodyOfId: null,
      entryTtlMs: 1_000,
      stamps: [],
      stampTtlMs: 1_000,
    })),
  });
}

test("small commits share a request, and large ones are sent in requests of at most one MiB", async () => {
  await using way = await counting();
  await commitAll(way.store, 3, 1_000);
  expect(way.requests).toEqual([1]);
  await commitAll(way.store, 3, 0.6 * MIB);
  expect(way.requests).toEqual([1, 1, 1, 1]);
});

test("the failure of one part of a batch leaves the others unaffected", async () => {
  await using way = await counting(async ({ commands, forward }, response) => {
    if (!commands[0]?.includes("requests:entry:1")) return reply(response, await forward());
    reply(response, { status: 400, syncToken: "", body: '{"error":"ERR too large"}' });
  });
  const outcomes = await commitAll(way.store, 3, 0.6 * MIB).catch(() => []);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
});

test("an invalidation of many tags is sent in requests of 5,000", async () => {
  await using way = await counting();
  const keys = Array.from({ length: 10_001 }, (_, index) => `requests:${index}`);
  await way.store.delete(keys);
  expect(way.requests).toEqual([1, 1, 1]);
  await way.store.delete(keys.slice(0, 5_000));
  expect(way.requests).toHaveLength(4);
});

test("a request that is answered with an error is not repeated, and the error carries none of its values", async () => {
  await using way = await counting(async (_, response) => {
    reply(response, { status: 400, syncToken: "", body: '{"error":"OOM not allowed"}' });
  });
  const deleting = way.store.delete(["requests:secret"]);
  const message = await deleting.catch((error: Error) => error.message);
  expect(message).toContain("OOM not allowed");
  expect(message).not.toContain("secret");
  expect(way.requests).toEqual([1]);
});

const hasSixth = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === "::1");

test.skipIf(!hasSixth)("an IPv6 address with a path is used as it is written", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.host, request.url);
    response.end(JSON.stringify({ result: [null] }));
  }).listen(0, "::1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const store = createUpstashStore({ url: `http://[::1]:${port}/base?a=1`, token: "t" });
  expect(await store.mget(["a"])).toEqual([null]);
  expect(asked).toEqual([`[::1]:${port}`, "/base?a=1"]);
  server.closeAllConnections();
  server.close();
});

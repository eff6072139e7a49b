import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";
import { type Proxying, reply, startUpstashProxy } from "../../support/upstash-proxy.ts";

const MIB = 1024 * 1024;

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** A store behind a proxy that counts its requests, in commands each. */
async function counting(proxying?: Proxying) {
  const requests: number[] = [];
  const proxy = await startUpstashProxy(upstash, async (request, response) => {
    requests.push(request.commands.length);
    if (proxying) await proxying(request, response);
    else reply(response, await request.forward());
  });
  return {
    store: createUpstashStore({ ...proxy, timeoutMs: 30_000 }),
    requests,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

/** Commits entries of a size under leases that nobody holds: what counts is how they travel. */
function commitAll(store: Store, count: number, bytes: number) {
  return store.commit(
    Array.from({ length: count }, (_, index) => ({
      entryKey: `requests:entry:${index}`,
      leaseKey: `requests:lease:${index}`,
      token: "none",
      entry: `1.${index}\n[]\n${"x".repeat(bytes)}`,
      entryTtlMs: 1_000,
      stamps: [],
      stampTtlMs: 1_000,
    })),
  );
}

test("small commits travel together, and large ones in requests of at most four MiB", async () => {
  await using way = await counting();
  await commitAll(way.store, 3, 1_000);
  expect(way.requests).toEqual([3]);
  await commitAll(way.store, 3, 1.5 * MIB);
  expect(way.requests.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
});

test("an invalidation of many tags travels in requests of 500", async () => {
  await using way = await counting();
  const stamps = Array.from({ length: 1_001 }, (_, n) => ({ key: `requests:${n}`, stamp: "1.a" }));
  await way.store.bump({ stamps, ttlMs: 1_000, soft: false });
  expect(way.requests).toEqual([500, 500, 1]);
});

test("a request that is answered with an error is not repeated, and the error carries none of its values", async () => {
  await using way = await counting(async (_, response) => {
    reply(response, { status: 400, syncToken: "", body: '{"error":"OOM not allowed"}' });
  });
  const bump = { stamps: [{ key: "requests:key", stamp: "1.secret" }], ttlMs: 1_000, soft: false };
  const message = await way.store.bump(bump).catch((error: Error) => error.message);
  expect(message).toContain("OOM not allowed");
  expect(message).not.toContain("secret");
  expect(way.requests).toEqual([1]);
});

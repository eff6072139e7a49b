import { afterAll, beforeAll, expect, test } from "vitest";
import type { LeaseBatch, LeaseGrant, StampRule, Store } from "@algoitny/cache/store";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";
import { reply, startUpstashProxy } from "../../support/upstash-proxy.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** A proxy to the endpoint that breaks a connection once, after the request was executed; `afterUse`: a reused connection. */
async function breaksOnce({ afterUse = true } = {}) {
  let requests = 0;
  let breaks = false;
  const proxy = await startUpstashProxy(upstash, async ({ forward }, response) => {
    requests += 1;
    const answer = await forward();
    if (breaks && requests === 1) throw new Error("connection reset");
    reply(response, answer);
  });
  const store = createUpstashStore(proxy);
  if (afterUse) await store.mget(["repeat:first use"]);
  breaks = true;
  requests = 0;
  return {
    store,
    requests: () => requests,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

/** A batch of leases, one for each part. */
const batchOf = (...parts: string[]): LeaseBatch => ({
  seqKey: "repeat:seq",
  random: "random",
  requests: parts.map((part) => ({
    entryKey: `repeat:${part}:entry`,
    leaseKey: `repeat:${part}:lease`,
    leaseMs: 60_000,
    seenEntryId: null,
    force: false,
    stamps: [{ key: `repeat:${part}:stamp`, permanent: false }],
    stampTtlMs: 60_000,
  })),
});

async function grantsOf(store: Store, batch: LeaseBatch): Promise<LeaseGrant[]> {
  const outcomes = await store.lease(batch);
  return outcomes.map((outcome) => {
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  });
}

test("an invalidation whose answer is lost is sent again", async () => {
  await grantsOf(createUpstashStore(upstash), batchOf("gone"));
  await using way = await breaksOnce();
  await way.store.delete(["repeat:gone:stamp"]);
  expect(way.requests()).toBe(2);
  expect(await way.store.mget(["repeat:gone:stamp"])).toEqual([null]);
});

test("a request that fails on a new connection is not sent again", async () => {
  await using way = await breaksOnce({ afterUse: false });
  await expect(way.store.delete(["repeat:none"])).rejects.toThrow(
    "store_failed: delete: ECONNRESET",
  );
  expect(way.requests()).toBe(1);
});

test("leases whose answer is lost are granted to the repeated request, under the tokens of the first one", async () => {
  await using way = await breaksOnce();
  const [first, second] = await grantsOf(way.store, batchOf("first", "second"));
  expect(way.requests()).toBe(2);
  const answer = { granted: true, entry: null, seen: false, atMs: expect.any(Number) };
  const token = expect.stringMatching(/^\d{16}\.random$/);
  const stamps = [expect.stringMatching(/^\d{16}\.random\.\d{13}$/)];
  expect([first, second]).toEqual([1, 2].map(() => ({ ...answer, token, stamps })));
  expect(await way.store.mget(["repeat:first:lease", "repeat:second:lease"])).toEqual([
    first?.token,
    second?.token,
  ]);
});

test("commits whose answer is lost are recognised as done by the stored entries", async () => {
  const batch = batchOf("x", "y");
  const grants = await grantsOf(createUpstashStore(upstash), batch);
  await using way = await breaksOnce();
  const commits = batch.requests.map(({ entryKey, leaseKey, stamps }, index) => ({
    entryKey,
    leaseKey,
    entryTtlMs: 60_000,
    stampTtlMs: 60_000,
    token: grants[index]?.token ?? "",
    id: `2.id-of-${entryKey}`,
    rest: "[]\n",
    bodyOfId: null,
    stamps: stamps.map((stamp): StampRule => {
      return { ...stamp, hold: null, rule: "equal", stamp: grants[index]?.stamps[0] ?? "" };
    }),
  }));
  expect(await way.store.commit({ ...batch, requests: commits })).toEqual(
    grants.map(({ stamps }) => ({ ok: true, value: { state: "stored", stamps } })),
  );
  expect(way.requests()).toBe(2);
});

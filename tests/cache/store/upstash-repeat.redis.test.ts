import { afterAll, beforeAll, expect, test } from "vitest";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";
import { reply, startUpstashProxy } from "../../support/upstash-proxy.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** A way to the endpoint on which the connection breaks once, after the request was executed. */
async function breaksOnce() {
  let requests = 0;
  const proxy = await startUpstashProxy(upstash, async ({ forward }, response) => {
    requests += 1;
    const answer = await forward();
    if (requests === 1) throw new Error("connection reset");
    reply(response, answer);
  });
  return {
    store: createUpstashStore(proxy),
    requests: () => requests,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

test.for([false, true])(
  "an invalidation whose answer is lost is sent again with another stamp (soft: %s)",
  async (soft) => {
    await using way = await breaksOnce();
    const key = `repeat:${soft}`;
    await way.store.bump({ stamps: [{ key, stamp: "1.first" }], ttlMs: 60_000, soft });
    expect(way.requests()).toBe(2);
    expect(await way.store.mget([key])).toEqual([soft ? "1.first~1.first'" : "1.first'"]);
  },
);

test("a lease whose answer is lost is granted to the second try, under a token of its own", async () => {
  await using way = await breaksOnce();
  const outcomes = await way.store.lease([
    {
      entryKey: "repeat:entry",
      leaseKey: "repeat:lease",
      token: "owner",
      formerToken: null,
      leaseMs: 60_000,
      seenEntryId: null,
      stampKeys: ["repeat:stamp"],
      freshStamps: ["1.fresh"],
      stampTtlMs: 60_000,
    },
  ]);
  const answer = { stamps: ["1.fresh"], entry: null, seen: false };
  const value = { granted: true, token: "owner'", ...answer };
  expect([way.requests(), outcomes]).toEqual([2, [{ ok: true, value }]]);
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { putText } from "../../support/put-text.ts";
import { scale } from "../../support/scale.ts";

const MINUTE_MS = 60_000;

/** A lease of one entry that is never released. */
function leaseOf(part: number | string, leaseMs = MINUTE_MS) {
  const request = { leaseMs, seenEntryId: null, force: false, stamps: [], stampTtlMs: 1 };
  return {
    seqKey: "seq",
    random: "random",
    requests: [{ ...request, entryKey: `entry:${part}`, leaseKey: `lease:${part}` }],
  };
}

test("expired items are removed while others are written, without being read", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const clock = new VirtualClock();
  const maxBytes = 64 * 1024 * 1024;
  const store = new MemoryStore({ maxBytes, now: clock.now });
  const before = heap();
  for (let at = 0; at < scale.memoryStoreWrites; at += 1) await store.lease(leaseOf(at));
  const full = store.bytes;
  clock.jump(MINUTE_MS);
  for (let at = 0; at < scale.memoryStoreWrites; at += 1) {
    await store.lease(leaseOf(`next:${at}`, 1));
    clock.jump(at % 10 === 0 ? 1 : 0);
  }
  expect(heap() - before).toBeLessThan(1.1 * maxBytes);
  expect(store.bytes).toBeLessThan(full / 10);
});

test("an item beyond the size limit evicts the least recently used ones", async () => {
  const store = new MemoryStore({ maxBytes: 20_000 });
  const text = "x".repeat(4_000);
  for (const key of ["a", "b", "c"]) await putText(store, key, text);
  await store.mget(["a"]);
  for (const key of ["d", "e"]) await putText(store, key, text);
  expect(await store.mget(["a", "b", "e"])).toEqual([text, null, text]);
  expect(store.bytes).toBeLessThanOrEqual(20_000);
});

test("the size of a MemoryStore is counted in UTF-8", async () => {
  const store = new MemoryStore();
  await putText(store, "key", "");
  const empty = store.bytes;
  await putText(store, "key", "한국");
  expect(store.bytes - empty).toBe(6);
});

test("a MemoryStore refuses an invalid size", () => {
  for (const maxBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => new MemoryStore({ maxBytes })).toThrow(
      "definition_invalid: MemoryStore: make maxBytes a whole number of 1 or more",
    );
});

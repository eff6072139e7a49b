import { MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import type { Source } from "@algoitny/core/source";
import { checkHealth, readCheckTimeoutMs } from "@algoitny/functions/check-health";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { expect, test } from "vitest";

const KEY = "algoitny:health";

/** A database that contains no problem of the catalogue. */
const source = {
  tables: async () => ({ problems: { findId: async () => undefined } }),
} as unknown as Source;

test("every check writes to Redis again: its key expires after a millisecond", async () => {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const written = async () => (await store.mget([KEY, `${KEY}:entry`])).map((text) => text ?? null);
  const check = async () => {
    const { checks } = await checkHealth({ store, source, log: createLog() });
    expect(checks).toEqual({ redis: "ok", dynamodb: "ok" });
    return written();
  };
  const [first] = await check();
  expect(await written()).toEqual([first, null]);
  await clock.advance(1);
  expect(await written()).toEqual([null, null]);
  const [second] = await check();
  expect([typeof first, typeof second]).toEqual(["string", "string"]);
  expect(second).not.toBe(first);
});

test("a check takes 2 seconds at most, or the requests' own time limit for Redis if that is longer", async () => {
  expect(readCheckTimeoutMs({})).toBe(2_000);
  expect(readCheckTimeoutMs({ CACHE_STORE_TIMEOUT_MS: "300" })).toBe(2_000);
  expect(readCheckTimeoutMs({ CACHE_STORE_TIMEOUT_MS: "5000" })).toBe(5_000);
  const silent = { tables: () => new Promise(() => {}) } as unknown as Source;
  const dependencies = { store: new MemoryStore(), source: silent, log: createLog(() => {}) };
  const { checks } = await checkHealth({ ...dependencies, timeoutMs: 1 });
  expect(checks.dynamodb).toBe("down");
});

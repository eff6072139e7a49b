import { expect, test } from "vitest";
import { defineResource } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

/** A row whose loads take the given durations, in turn. */
function setup(...times: number[]) {
  const { clock, cache } = fleet();
  const row = defineResource<{ id: number }, number>({
    name: "row",
    key: ({ id }) => `${id}`,
    ttl: "1 hour",
    load: async () => {
      await clock.sleep(times.shift() ?? 0);
      return clock.now();
    },
  });
  const load = async (id: number, ms: number) => {
    const reading = cache.getEntry(row, { id });
    await clock.advance(ms);
    return reading;
  };
  return { clock, cache, row, load };
}

test("an entry's creation time is the start of its load, when its data was read", async () => {
  const { clock, load } = setup(2_000);
  const startMs = clock.now();
  expect((await load(1, 2_000)).entry.header.createdMs).toBe(startMs);
});

test("after one slow load, not all loads are expected to be slow", async () => {
  const { clock, cache, row, load } = setup(1_000, 3_000, 500);
  await load(1, 1_000);
  // After the slow load, the usual time is 1,600 ms: the request's remaining time suffices for one more load.
  const endMs = clock.now() + 5_000;
  const request = { source: undefined, atOnce: 1, remainingMs: () => endMs - clock.now() };
  const refreshing = cache.warm(row, [{ id: 2 }, { id: 3 }], request);
  await clock.advance(3_500);
  expect(await refreshing).toEqual(["refreshed", "refreshed"]);
});

import { expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });

/** A row whose first load succeeds and whose later ones fail, in a process whose replies from the store can be held. */
async function setup() {
  const replies: Promise<void>[] = [];
  const wrap = (store: Store) => overNetwork(store, { reply: async () => replies.shift() });
  const { clock, store, cache: other } = fleet();
  const { cache } = fleet({ wrap: () => wrap(store), clock });
  const outcomes = [Promise.resolve("old")];
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "10 seconds",
    staleIfError: "1 minute",
    jitter: 0,
    load: () => outcomes.shift() ?? Promise.reject(new Error("database down")),
  });
  await other.getMany(row, [undefined]);
  clock.jump(15_000);
  /** Holds the reply to the next request of `cache`. */
  const hold = () => {
    const held = gate();
    replies.push(held.promise);
    return held;
  };
  return { clock, cache, other, row, outcomes, hold };
}

test.for(["delete", "invalidate"] as const)(
  "after %s, a load that looked before and then fails does not serve the old value to later readers",
  async (verb) => {
    const { clock, cache, other, row, hold } = await setup();
    const [first, second] = [hold(), hold()];
    const before = cache.get(row, undefined);
    await clock.advance(0);
    await (verb === "delete" ? other.invalidate(row, undefined) : other.invalidate([tags.row()]));
    const after = cache.get(row, undefined);
    await clock.advance(0);
    first.resolve();
    second.resolve();
    await Promise.allSettled([before, after, clock.advance(5_000)]);
    await expect(after).rejects.toThrow("database down");
  },
);

test("a batch does not fall back to a value that was invalidated before its leases were granted", async () => {
  const { clock, cache, other, row, outcomes, hold } = await setup();
  const slow = gate<string>();
  outcomes.push(slow.promise);
  const [first, second] = [hold(), hold()];
  const before = cache.getMany(row, [undefined]);
  await clock.advance(0);
  await other.invalidate([tags.row()]);
  const after = cache.get(row, undefined);
  await clock.advance(0);
  first.resolve();
  await clock.advance(0);
  second.resolve();
  await clock.advance(0);
  slow.reject(new Error("database down"));
  await Promise.allSettled([before, after, clock.advance(5_000)]);
  await expect(after).rejects.toThrow("database down");
});

test("a fresh entry whose early refresh fails is served, even when the store has lost it meanwhile", async () => {
  const { clock, store, instance } = fleet();
  const outcomes = [1, 2].map((load) => async () => {
    if (load === 2) throw new Error("database down");
    await clock.sleep(100);
    return "value";
  });
  const row = defineResource<void, string | undefined>({
    name: "row",
    ttl: "10 seconds",
    jitter: 0,
    load: () => outcomes.shift()?.(),
  });
  const filling = instance().get(row, undefined);
  await clock.advance(100);
  await filling;
  clock.jump(9_990);
  const held = gate();
  const wrap = () => overNetwork(store, { reply: () => held.promise });
  const reading = fleet({ wrap, clock, random: () => 0.001 }).cache.getEntry(row, undefined);
  await clock.advance(0);
  await store.delete(["cache:1:row:all"]);
  held.resolve();
  expect([(await reading).status, (await reading).detail, await (await reading).value()]).toEqual([
    "hit",
    "early-refresh",
    "value",
  ]);
});

import { expect, test } from "vitest";
import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { type Fault, overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";
import { holdReplies } from "../../support/held-replies.ts";

const tags = defineTags({ row: (id: number) => [id] });

/** A process whose requests fail on demand and whose replies can be held, over a store that has rows 1 and 2. */
async function setup() {
  const { clock, store, cache: other } = fleet();
  let fault: Fault = "none";
  const { store: held, hold } = holdReplies(overNetwork(store, { fault: () => fault }));
  const cache = new Cache({ store: held, clock, random: () => 0.5 });
  const data = new Map([
    [1, "old 1"],
    [2, "old 2"],
  ]);
  const row = defineResource<{ id: number }, string>({
    name: "row",
    key: ({ id }) => `${id}`,
    tags: ({ id }) => [tags.row(id)],
    fresh: "1 hour",
    load: ({ id }) => data.get(id),
  });
  await other.getMany(row, [{ id: 1 }, { id: 2 }]);
  const turn = (to: Fault) => (fault = to);
  return { cache, other, row, data, turn, hold };
}

test("a batch makes up for a failed invalidation of any of its entries, not of the first alone", async () => {
  const { cache, row, data, turn } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(2)])).rejects.toThrow("invalidation_failed");
  data.set(2, "new 2");
  turn("none");
  expect(await cache.getMany(row, [{ id: 1 }, { id: 2 }])).toEqual(["old 1", "new 2"]);
});

test("an invalidation that failed again is not made up for by one that was sent before", async () => {
  const { cache, other, row, data, turn, hold } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  turn("none");
  const reply = hold("bump");
  const repeated = cache.invalidate([tags.row(1)]);
  await reply.done;
  // What another process stores now, only the invalidation that fails next could drop.
  expect(await other.get(row, { id: 1 })).toBe("old 1");
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  reply.release();
  await repeated;
  data.set(1, "new 1");
  turn("none");
  expect(await cache.get(row, { id: 1 })).toBe("new 1");
});

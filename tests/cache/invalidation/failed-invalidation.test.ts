import { describe, expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { type Fault, overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: (id: number) => [id] });

/** Two processes over one store; the first one's requests fail on demand, and the store loses nothing meanwhile. */
async function setup() {
  const parts = fleet();
  let fault: Fault = "none";
  const requests: string[] = [];
  const wrap = (store: Store) =>
    overNetwork(store, {
      fault: (operation) => {
        requests.push(operation);
        return fault;
      },
    });
  const { cache } = fleet({ wrap: () => wrap(parts.store), clock: parts.clock });
  const data = new Map([
    [1, "old"],
    [2, "other"],
  ]);
  const row = defineResource<{ id: number }, string | undefined>({
    name: "row",
    key: ({ id }) => `${id}`,
    tags: ({ id }) => [tags.row(id)],
    ttl: "1 hour",
    load: ({ id }) => data.get(id),
  });
  await cache.getMany(row, [{ id: 1 }, { id: 2 }]);
  const turn = (to: Fault) => (fault = to);
  return { ...parts, cache, other: parts.cache, row, data, turn, requests };
}

const VERBS = {
  invalidate: (cache: Setup["cache"]) => cache.invalidate([tags.row(1)]),
  "invalidate of one entry": (cache: Setup["cache"], { row }: Pick<Setup, "row">) =>
    cache.invalidate(row, { id: 1 }),
  clear: (cache: Setup["cache"]) => cache.clear(),
};
type Setup = Awaited<ReturnType<typeof setup>>;

describe.for(Object.entries(VERBS))("after %s has failed", ([, verb]) => {
  test("its process does not read the affected entries from the store before it has repeated the invalidation", async () => {
    const { cache, other, row, data, turn } = await setup();
    data.set(1, "new");
    turn("refused");
    await expect(verb(cache, { row })).rejects.toMatchObject({ code: "invalidation_failed" });
    expect(await cache.get(row, { id: 1 })).toBe("new");
    expect(await cache.getMany(row, [{ id: 1 }])).toEqual(["new"]);

    turn("none");
    expect(await cache.getEntry(row, { id: 1 })).toMatchObject({ status: "miss", stored: true });
    expect(await other.get(row, { id: 1 })).toBe("new");
    expect((await cache.getEntry(row, { id: 1 })).status).toBe("hit");
  });
});

test("entries that a failed invalidation does not affect are read as before", async () => {
  const { cache, row, turn } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  turn("none");
  expect((await cache.getEntry(row, { id: 2 })).status).toBe("hit");
});

test("once a failed invalidation was repeated, a hit sends no more than other hits", async () => {
  const { cache, row, turn, requests } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  turn("none");
  await cache.invalidate([tags.row(1)]);
  await cache.get(row, { id: 1 });
  requests.length = 0;
  await cache.get(row, { id: 1 });
  expect(requests).toEqual(["mget"]);
});

test("more than a thousand failed tags are remembered as one failed invalidation of everything", async () => {
  const { cache, row, data, turn } = await setup();
  turn("refused");
  const all = Array.from({ length: 1_001 }, (_, index) => tags.row(index + 10));
  await expect(cache.invalidate(all)).rejects.toThrow("invalidation_failed");
  data.set(2, "new");
  turn("none");
  expect(await cache.get(row, { id: 2 })).toBe("new");
});

import { defineResource, parseTag } from "@algoitny/cache";
import { expect, test, vi } from "vitest";
import { fleet } from "../../support/test-cache.ts";

test("a load that reads several entries of a view loads the missing ones at once, and a single one alone", async () => {
  const { cache } = fleet();
  const load = vi.fn((id: number) => id);
  const loadMany = vi.fn((ids: readonly number[]) => [...ids]);
  const row = defineResource<number, number>({
    name: "row",
    tags: (id) => [parseTag(`row:${id}`)],
    ttl: "1 hour",
    load,
    loadMany,
  });
  const sum = defineResource({
    name: "sum",
    tags: "reads",
    ttl: "1 hour",
    load: async (ids: readonly number[], _: void, { reads }) =>
      (await reads?.cache.getMany(row, ids)) ?? [],
  });
  expect(await cache.get(sum, [1, 2])).toEqual([1, 2]);
  expect(await cache.get(sum, [3])).toEqual([3]);
  expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([[1, 2]]);
  expect(load.mock.calls.map(([id]) => id)).toEqual([3]);
});

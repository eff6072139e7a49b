import { expect, test, vi } from "vitest";
import { type CacheOptions, defineResource, defineTags } from "@algoitny/cache";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: (id: number) => [id] });

/** A process whose requests fail on demand and whose replies can be held, over a store that has rows 1 and 2. */
async function setup(options: Partial<CacheOptions> = {}) {
  const { cache, other, clock, requests, turn, holdReply } = unreliableFleet(options);
  const data = new Map([
    [1, "old 1"],
    [2, "old 2"],
  ]);
  const row = defineResource<{ id: number }, string | undefined>({
    name: "row",
    key: ({ id }) => `${id}`,
    tags: ({ id }) => [tags.row(id)],
    ttl: "1 hour",
    staleWhileRevalidate: "1 hour",
    load: ({ id }) => data.get(id),
  });
  await other.getMany(row, [{ id: 1 }, { id: 2 }]);
  return { clock, cache, other, row, data, requests, turn, holdReply };
}

test("a batch repeats a failed invalidation that affects any of its entries, not only the first", async () => {
  const { cache, row, data, turn, requests } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(2)])).rejects.toThrow("invalidation_failed");
  data.set(2, "new 2");
  turn("none");
  requests.length = 0;
  expect(await cache.getMany(row, [{ id: 1 }, { id: 2 }])).toEqual(["old 1", "new 2"]);
  expect(requests).toContain("delete");
});

test("a batch that cannot repeat a failed invalidation still loads its entries in bulk", async () => {
  const { cache, row, turn } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(2)])).rejects.toThrow("invalidation_failed");
  const loadMany = vi.fn((params: readonly { id: number }[]) =>
    params.map(({ id }) => `new ${id}`),
  );
  const values = await cache.getMany({ ...row, loadMany }, [{ id: 1 }, { id: 2 }]);
  expect(values).toEqual(["new 1", "new 2"]);
  expect(loadMany).toHaveBeenCalledTimes(1);
});

test("an invalidation that failed a second time stays pending, although one sent between both failures succeeds", async () => {
  const { cache, other, row, data, turn, holdReply } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  turn("none");
  const reply = holdReply("delete");
  const repeated = cache.invalidate([tags.row(1)]);
  await reply.reached;
  // Only the next invalidation, which fails, could remove the stamp of an entry that another process stores now.
  expect(await other.get(row, { id: 1 })).toBe("old 1");
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  reply.release();
  await repeated;
  data.set(1, "new 1");
  turn("none");
  expect(await cache.get(row, { id: 1 })).toBe("new 1");
});

test("a deletion that failed a second time stays pending, although one sent between both failures succeeds", async () => {
  const { cache, other, row, data, turn, holdReply } = await setup();
  turn("refused");
  await expect(cache.invalidate(row, { id: 1 })).rejects.toThrow("invalidation_failed");
  turn("none");
  const reply = holdReply("delete");
  const repeated = cache.invalidate(row, { id: 1 });
  await reply.reached;
  expect(await other.get(row, { id: 1 })).toBe("old 1");
  turn("refused");
  await expect(cache.invalidate(row, { id: 1 })).rejects.toThrow("invalidation_failed");
  reply.release();
  await repeated;
  data.set(1, "new 1");
  turn("none");
  expect(await cache.get(row, { id: 1 })).toBe("new 1");
});

test("an expiry does not replace a failed invalidation: the entry is not served as stale", async () => {
  const { cache, row, data, turn } = await setup({ enqueueRefresh: () => undefined });
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  data.set(1, "new 1");
  turn("none");
  await cache.expire([tags.row(1)]);
  expect((await cache.getEntry(row, { id: 1 })).status).toBe("miss");
});

test("while the breaker is open, reads do not repeat a failed invalidation", async () => {
  const { cache, row, turn, requests } = await setup();
  turn("refused");
  await expect(cache.invalidate([tags.row(1)])).rejects.toThrow("invalidation_failed");
  for (let read = 0; read < 5; read += 1) await cache.get(row, { id: 2 });
  requests.length = 0;
  await cache.get(row, { id: 1 });
  expect(requests).toEqual([]);
});

test("a read after a failed invalidation does not join a load that began before it, even if that load is stored later", async () => {
  const { clock, cache, row, turn } = await setup();
  const slow = Promise.withResolvers<string>();
  const before = cache.get({ ...row, load: () => slow.promise }, { id: 3 });
  await clock.advance(0);
  turn("refused");
  await expect(cache.invalidate([tags.row(3)])).rejects.toThrow("invalidation_failed");
  const after = cache.get({ ...row, load: () => "new" }, { id: 3 });
  await clock.advance(0);
  turn("none");
  slow.resolve("old");
  expect([await before, await after]).toEqual(["old", "new"]);
});

test("a read after a failed invalidation loads at once, although another load is under way", async () => {
  const { clock, cache, row, turn } = await setup();
  const slow = Promise.withResolvers<string>();
  const before = cache.get({ ...row, load: () => slow.promise }, { id: 3 });
  await clock.advance(0);
  turn("refused");
  await expect(cache.invalidate([tags.row(3)])).rejects.toThrow("invalidation_failed");
  const after = cache.get({ ...row, load: () => "new" }, { id: 3 });
  await clock.advance(0);
  expect(await valueSoFar(after)).toBe("new");
  slow.resolve("old");
  expect(await before).toBe("old");
});

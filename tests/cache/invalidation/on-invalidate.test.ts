import { expect, test, vi } from "vitest";
import { type Invalidated, defineResource, defineTags } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { walkInSteps } from "../../support/stepped-walks.ts";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [] });

function setup() {
  const onInvalidate = vi.fn((_what: Invalidated): Promise<void> | void => undefined);
  const processes = unreliableFleet({ onInvalidate });
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    load: () => "value",
  });
  return { ...processes, row, onInvalidate };
}

test("onInvalidate is called for each invalidation, after the store has accepted it", async () => {
  const { cache, row, onInvalidate } = setup();
  await cache.invalidate(tags.row());
  await cache.expire(tags.row());
  await cache.invalidate(row, undefined);
  await cache.change(tags.row(), () => undefined);
  await cache.set(row, undefined, () => "written", { invalidate: tags.row() });
  expect(onInvalidate.mock.calls.map(([what]) => what)).toEqual([
    { tags: ["row"], keys: [], soft: false },
    { tags: ["row"], keys: [], soft: true },
    { tags: [], keys: ["row:all"], soft: false },
    { tags: ["row"], keys: [], soft: false },
    { tags: ["row"], keys: ["row:all"], soft: false },
  ]);
});

test("onInvalidate is called for a write that failed, because it may have been executed all the same", async () => {
  const { cache, row, onInvalidate } = setup();
  const fail = () => {
    throw new Error("no answer");
  };
  await expect(cache.change(tags.row(), fail)).rejects.toThrow("no answer");
  await expect(cache.set(row, undefined, fail)).rejects.toThrow("no answer");
  expect(onInvalidate.mock.calls.map(([what]) => what)).toEqual([
    { tags: ["row"], keys: [], soft: false },
    { tags: [], keys: ["row:all"], soft: false },
  ]);
});

test("onInvalidate is called when a beat clears the store, as the first one does and one after a roll-back, not for other beats", async () => {
  const { cache, onInvalidate } = setup();
  const first = await cache.beat({ closedMs: 1_000, expected: null });
  await cache.beat({ closedMs: 2_000, expected: first.value });
  const everything = { tags: ["@all"], keys: [], soft: false };
  expect(onInvalidate.mock.calls.map(([what]) => what)).toEqual([everything]);
  await cache.beat({ closedMs: 3_000, expected: "lost" });
  expect(onInvalidate.mock.calls.map(([what]) => what)).toEqual([everything, everything]);
});

test("onInvalidate is not called for an invalidation that the store refused", async () => {
  const { cache, onInvalidate, turn } = setup();
  turn("refused");
  await expect(cache.invalidate(tags.row())).rejects.toThrow("invalidation_failed");
  expect(onInvalidate).not.toHaveBeenCalled();
});

test("an invalidation rejects with the error of its onInvalidate, and is not repeated at the store", async () => {
  const { cache, row, onInvalidate, requests } = setup();
  await cache.get(row, undefined);
  onInvalidate.mockRejectedValueOnce(new Error("the CDN is down"));
  await expect(cache.invalidate(tags.row())).rejects.toMatchObject({
    code: "invalidation_failed",
    cause: { message: "the CDN is down" },
  });
  requests.length = 0;
  await cache.get(row, undefined);
  expect(requests).toEqual(["mget", "lease", "commit"]);
});

const PAGES = ["1", "2", "3", "4", "5"];
const PAGE_KEYS = PAGES.map((page) => `list:page:${page}`);

/** Entries of a resource that a pattern walks in several steps, and one entry that it does not match. */
async function filled() {
  const onInvalidate = vi.fn((_what: Invalidated): Promise<void> | void => undefined);
  const wrap = (store: Store) => walkInSteps(store, 2);
  const { cache } = fleet({ onInvalidate, wrap });
  const paged = (name: string) =>
    defineResource<{ page: string }, string>({
      name,
      key: (params) => params,
      ttl: "1 hour",
      load: () => "value",
    });
  await cache.getMany(
    paged("list"),
    PAGES.map((page) => ({ page })),
  );
  await cache.getMany(paged("detail"), [{ page: "1" }]);
  const handedOn = () => {
    const calls = onInvalidate.mock.calls.map(([what]) => what);
    return { tags: calls.flatMap((each) => each.tags), keys: calls.flatMap((each) => each.keys) };
  };
  return { cache, onInvalidate, handedOn };
}

test("onInvalidate gets each key that a pattern's walk removes, and no key that the library uses itself", async () => {
  const { cache, handedOn } = await filled();
  expect((await cache.invalidatePattern("l?st:*")).entries).toBe(PAGES.length);
  expect(handedOn()).toEqual({ tags: [], keys: PAGE_KEYS });
});

test("onInvalidate is not called for a pattern's dry run", async () => {
  const { cache, onInvalidate } = await filled();
  await cache.invalidatePattern("l?st:*", { dryRun: true });
  expect(onInvalidate).not.toHaveBeenCalled();
});

test("a pattern whose onInvalidate failed passes the keys that it had removed when it is repeated", async () => {
  const { cache, onInvalidate, handedOn } = await filled();
  onInvalidate.mockRejectedValueOnce(new Error("the CDN is down"));
  await expect(cache.invalidatePattern("l?st:*")).rejects.toMatchObject({
    code: "invalidation_failed",
    cause: { message: "the CDN is down" },
  });
  onInvalidate.mockClear();
  await cache.invalidatePattern("l?st:*");
  expect(handedOn().keys).toEqual(PAGE_KEYS);
  onInvalidate.mockClear();
  await cache.invalidatePattern("l?st:*");
  expect(handedOn().keys).toEqual([]);
});

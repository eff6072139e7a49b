import { expect, test, vi } from "vitest";
import { type Invalidated, defineResource, defineTags } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [] });

function setup() {
  const onInvalidate = vi.fn((_what: Invalidated): Promise<void> | void => undefined);
  const fleet = unreliableFleet({ onInvalidate });
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    load: () => "value",
  });
  return { ...fleet, row, onInvalidate };
}

test("the application hears of each invalidation once the store has taken it", async () => {
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

test("it hears nothing of an invalidation that the store did not take", async () => {
  const { cache, onInvalidate, turn } = setup();
  turn("refused");
  await expect(cache.invalidate(tags.row())).rejects.toThrow("invalidation_failed");
  expect(onInvalidate).not.toHaveBeenCalled();
});

test("an invalidation whose purge fails rejects with the purge's error, and is not owed to the store", async () => {
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

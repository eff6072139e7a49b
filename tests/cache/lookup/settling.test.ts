import { expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });

test("a load that begins within the settling window is lent for a second, however long it takes", async () => {
  const { clock, cache } = fleet({ settling: "5 seconds" });
  const row = defineResource<void, number>({
    name: "row",
    tags: () => [tags.row()],
    fresh: "1 hour",
    jitter: 0,
    consistency: "eventual",
    load: async () => {
      await clock.sleep(2_000);
      return clock.now();
    },
  });
  const first = cache.get(row, undefined);
  await clock.advance(60_000);
  await first;
  await cache.invalidate([tags.row()]);
  await clock.advance(4_000);
  const reading = cache.read(row, undefined);
  await clock.advance(2_000);
  const { header } = (await reading).entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

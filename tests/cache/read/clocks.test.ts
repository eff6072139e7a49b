import { expect, test } from "vitest";
import { Cache, defineResource, defineTags, MemoryStore, throttled } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";

const tags = defineTags({ row: () => [] });

/** Two instances that share a store; the clock of the second one is wrong by `offsetMs`. */
function setup(offsetMs: number) {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const { monotonic, sleep } = clock;
  const skewed = { now: () => clock.now() + offsetMs, monotonic, sleep };
  const [right, wrong] = [clock, skewed].map((each) => new Cache({ store, clock: each })) as [
    Cache,
    Cache,
  ];
  let version = 0;
  const options = { ttl: "1 minute", load: () => (version += 1) } as const;
  const exact = defineResource({ name: "exact", tags: () => [tags.row()], ...options });
  const lenient = defineResource({
    name: "lenient",
    tags: () => [throttled(tags.row(), "1 second")],
    ...options,
  });
  return { right, wrong, exact, lenient };
}

test.for([-2_000, 2_000])(
  "an invalidation holds for an instance whose clock is wrong by %i ms",
  async (offsetMs) => {
    const { right, wrong, exact } = setup(offsetMs);
    expect(await right.get(exact, undefined)).toBe(1);
    await right.invalidate([tags.row()]);
    expect(await wrong.get(exact, undefined)).toBe(2);
  },
);

test("an entry with a creation time in the future does not survive the invalidation of a throttled tag", async () => {
  const { right, wrong, lenient } = setup(-2_000);
  expect(await right.get(lenient, undefined)).toBe(1);
  await right.invalidate([tags.row()]);
  expect(await right.get(lenient, undefined)).toBe(1);
  expect(await wrong.get(lenient, undefined)).toBe(2);
});

import { expect, test, vi } from "vitest";
import { parseTag } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

test.for(["stats", "stats:", "stats:day:1"])(
  "the key %s is loaded once in its time, and deleted by that name",
  async (key) => {
    const { cache, clock } = fleet();
    let version = 0;
    const load = vi.fn(async () => ++version);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(1);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(1);
    await cache.delete(key);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(2);
    await cache.invalidatePattern(key);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(3);
    await cache.invalidate([parseTag("@resource:stats")]);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(4);
    clock.jump(66_001);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(5);
  },
);

test("keys that differ by a colon alone are two", async () => {
  const { cache } = fleet();
  await cache.getOrSet("stats", () => "all", "1 minute");
  expect(await cache.getOrSet("stats:", () => "none", "1 minute")).toBe("none");
  expect((await cache.keys("stats*")).keys.toSorted()).toEqual(["stats", "stats:"]);
});

test("a key that begins as no resource may be called rejects, and says what to write", async () => {
  const { cache } = fleet();
  const wrong = cache.getOrSet("my stats:1", () => 1, "1 minute");
  await expect(wrong).rejects.toThrow("use letters, digits, `_`, `-` and `.` for `name`");
});

test("its refreshes stay with its readers: nobody else has its loader", async () => {
  const defer = vi.fn();
  const { cache, clock } = fleet({ enqueueRefresh: defer, random: () => 0.000_001 });
  await cache.getOrSet("slow", () => clock.advance(100).then(() => 1), "1 minute");
  clock.jump(53_000);
  await cache.getOrSet("slow", () => 2, "1 minute");
  expect(defer).not.toHaveBeenCalled();
});

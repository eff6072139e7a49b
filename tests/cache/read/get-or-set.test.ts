import { describe, expect, test, vi } from "vitest";
import { defineResource, defineTags, Loaded } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ day: () => [] });

test.for(["stats", "stats:", "my stats:1", "*", "한국", "", "\ud800"])(
  "the key %j of getOrSet is loaded once in its lifetime, and `delete` accepts the same key",
  async (key) => {
    const { cache, clock } = fleet();
    let version = 0;
    const load = vi.fn(async () => ++version);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(1);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(1);
    await cache.delete(key);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(2);
    await cache.invalidatePattern("kv:*");
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(3);
    clock.jump(66_001);
    expect(await cache.getOrSet(key, load, "1 minute")).toBe(4);
  },
);

test("keys of getOrSet that differ only by a colon, an escape or a lone surrogate have separate entries", async () => {
  const { cache } = fleet();
  const keys = ["stats", "stats:", "stats%3A", "\ud800", "\udfff", "\ufffd", "a#b", "a%23b"];
  for (const key of keys) await cache.getOrSet(key, () => key, "1 minute");
  for (const key of keys) expect(await cache.getOrSet(key, () => "", "1 minute")).toBe(key);
  expect((await cache.keys("kv:stats*")).keys.toSorted()).toEqual([
    "kv:stats",
    "kv:stats%253A",
    "kv:stats:",
  ]);
});

test("long keys of getOrSet are hashed, and no other key equals the shortened one", async () => {
  const { cache } = fleet();
  await cache.getOrSet("x".repeat(500), () => "long", "1 minute");
  const [name = ""] = (await cache.keys("kv:*")).keys;
  expect(name).toHaveLength("kv:".length + 200);
  expect(await cache.getOrSet(name.slice(3), () => "other", "1 minute")).toBe("other");
});

test("a value of getOrSet is refreshed by its readers, never by the queue: no other process has its loader", async () => {
  const defer = vi.fn();
  const { cache, clock } = fleet({ enqueueRefresh: defer, random: () => 0.000_001 });
  await cache.getOrSet("slow", () => clock.advance(100).then(() => 1), "1 minute");
  clock.jump(53_000);
  await cache.getOrSet("slow", () => 2, "1 minute");
  expect(defer).not.toHaveBeenCalled();
});

test("getOrSet accepts tags and the lifetimes of a resource", async () => {
  const { cache, clock } = fleet();
  let version = 0;
  const load = () => {
    if (version === 2) throw new Error("database down");
    return ++version;
  };
  const options = { ttl: "1 minute", staleIfError: "1 hour", tags: [tags.day()] } as const;
  expect(await cache.getOrSet("stats", load, options)).toBe(1);
  await cache.invalidate(tags.day());
  expect(await cache.getOrSet("stats", load, options)).toBe(2);
  clock.jump(120_000);
  expect(await cache.getOrSet("stats", load, options)).toBe(2);
});

test("a loader of getOrSet gets a signal, and may return `store: false`", async () => {
  const { cache } = fleet();
  const load = vi.fn(({ signal }: { signal: AbortSignal }) => {
    return new Loaded(signal.aborted ? 0 : 1, { store: false });
  });
  expect(await cache.getOrSet("once", load, "1 minute")).toBe(1);
  expect(await cache.getOrSet("once", load, "1 minute")).toBe(1);
  expect(load).toHaveBeenCalledTimes(2);
});

describe("getOrSet refuses", () => {
  test.for<[unknown[], string]>([
    [[7, () => 1, "1 minute"], "getOrSet: the key is 7: pass a string"],
    [["a", 1, "1 minute"], "getOrSet: its second argument is 1: pass a function"],
    [["a", () => 1], 'getOrSet: its third argument is undefined: pass "5 minutes"'],
    [["a", () => 1, {}], 'getOrSet: "ttl" is missing'],
    [["a", () => 1, { ttl: "1 minute", swr: "1 hour" }], "did you mean staleWhileRevalidate?"],
  ])("%j", async ([args, message]) => {
    const { cache } = fleet();
    const { getOrSet } = cache as unknown as Record<
      string,
      (...all: unknown[]) => Promise<unknown>
    >;
    await expect(getOrSet?.apply(cache, args)).rejects.toThrow(message);
  });
});

test("delete warns when its key looks like one of a resource, which it does not remove", async () => {
  const { cache } = fleet();
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const book = defineResource({ name: "book", ttl: "1 minute", load: (id: number) => id });
  await cache.get(book, 7);
  await cache.delete("other:7");
  expect(warnings).not.toHaveBeenCalled();
  await cache.delete(book.keyFor(7));
  expect(warnings.mock.calls.flat()).toContainEqual(
    expect.stringContaining("call invalidate(resource, params)"),
  );
  warnings.mockRestore();
});

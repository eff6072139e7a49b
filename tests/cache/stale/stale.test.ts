import { describe, expect, test, vi } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ news: () => [] });

function setup(options: { load?: () => unknown; soft?: boolean } = {}) {
  const { clock, instance, cache } = fleet();
  let version = 0;
  const load = vi.fn(options.load ?? (() => ++version));
  const news = defineResource({
    name: "news",
    tags: () => [tags.news()],
    ttl: "1 minute",
    staleWhileRevalidate: "1 minute",
    staleIfError: "10 minutes",
    jitter: 0,
    ...(options.soft && { softTimeout: "100 milliseconds" }),
    load,
  });
  return { clock, cache, other: instance(), news, load };
}

describe("stale while revalidate", () => {
  test("the first reader of a stale entry refreshes it, and all others get the stale value at once", async () => {
    const slow = gate<string>();
    const answers = [Promise.resolve("old"), slow.promise];
    const { clock, cache, other, news, load } = setup({ load: () => answers.shift() });
    await cache.get(news, undefined);
    clock.jump(61_000);

    const leader = cache.getEntry(news, undefined);
    await clock.advance(0);
    for (const reader of [cache, other, other]) {
      const reading = await reader.getEntry(news, undefined);
      expect([reading.status, await reading.value()]).toEqual(["stale", "old"]);
    }
    slow.resolve("new");
    expect(await (await leader).value()).toBe("new");
    expect(await other.get(news, undefined)).toBe("new");
    expect(load).toHaveBeenCalledTimes(2);
  });

  test("an entry past its stale time is loaded, not served", async () => {
    const { clock, cache, news } = setup();
    await cache.get(news, undefined);
    clock.jump(120_000);
    expect((await cache.getEntry(news, undefined)).status).toBe("miss");
  });

  test("an invalidated entry is never served as stale", async () => {
    const { clock, cache, news } = setup();
    await cache.get(news, undefined);
    clock.jump(61_000);
    await cache.invalidate([tags.news()]);
    expect(await cache.get(news, undefined)).toBe(2);
  });

  test("after a tag expired softly, its entry is served as stale while it is refreshed", async () => {
    const slow = gate<string>();
    const answers = [Promise.resolve("old"), slow.promise];
    const { clock, cache, other, news } = setup({ load: () => answers.shift() });
    await cache.get(news, undefined);
    await cache.expire([tags.news()]);

    const leader = cache.get(news, undefined);
    await clock.advance(0);
    expect((await other.getEntry(news, undefined)).status).toBe("stale");
    slow.resolve("new");
    expect(await leader).toBe("new");
  });

  test("a read whose load exceeds the soft limit is answered with the stale entry", async () => {
    const answers = [Promise.resolve("old"), gate<string>().promise];
    const { clock, cache, news } = setup({ load: () => answers.shift(), soft: true });
    await cache.get(news, undefined);
    clock.jump(61_000);
    const reading = cache.getEntry(news, undefined);
    await clock.advance(100);
    expect([(await reading).status, (await reading).detail]).toEqual(["stale", "soft-timeout"]);
  });
});

describe("a bulk load over the soft limit", () => {
  async function bulk(load: (ids: readonly number[], signal: AbortSignal) => Promise<string[]>) {
    const { clock, cache } = fleet();
    const item = defineResource<number, string>({
      name: "item",
      key: String,
      ttl: "1 minute",
      staleWhileRevalidate: "1 minute",
      softTimeout: "100 milliseconds",
      jitter: 0,
      load: (id) => `old ${id}`,
      loadMany: (ids, _source, { signal }) => load(ids, signal),
    });
    await Promise.all([cache.get(item, 1), cache.get(item, 2)]);
    clock.jump(61_000);
    return { clock, cache, item };
  }

  test("returns the old values of stale entries, and goes on for missing ones", async () => {
    const { clock, cache, item } = await bulk(async (ids) => {
      await clock.sleep(200);
      return ids.map((id) => `new ${id}`);
    });
    const reading = cache.getMany(item, [1, 3]);
    await clock.advance(200);
    expect(await reading).toEqual(["old 1", "new 3"]);
  });

  test("is aborted when no entry is missing", async () => {
    const signals: AbortSignal[] = [];
    const { clock, cache, item } = await bulk((_ids, signal) => {
      signals.push(signal);
      return gate<string[]>().promise;
    });
    const reading = cache.getMany(item, [1, 2]);
    await clock.advance(100);
    expect(await reading).toEqual(["old 1", "old 2"]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("stale if error", () => {
  function failing() {
    let down = false;
    const parts = setup({
      load: () => {
        if (down) throw new Error("database down");
        return "old";
      },
    });
    return { ...parts, fail: (value: boolean) => (down = value) };
  }

  test("a failed load is answered with the old entry, and nothing is loaded for a while", async () => {
    const { clock, cache, other, news, load, fail } = failing();
    await cache.get(news, undefined);
    clock.jump(300_000);
    fail(true);
    for (const reader of [cache, other, cache, other]) {
      const reading = reader.getEntry(news, undefined);
      await clock.advance(20);
      expect([(await reading).status, (await reading).detail]).toEqual(["stale", "load-failed"]);
    }
    expect(load).toHaveBeenCalledTimes(2);
    clock.jump(2_000);
    await cache.getEntry(news, undefined);
    expect(load).toHaveBeenCalledTimes(3);
  });

  test("an invalidated entry is not served when the load fails", async () => {
    const { clock, cache, news, fail } = failing();
    await cache.get(news, undefined);
    clock.jump(61_000);
    fail(true);
    await cache.invalidate([tags.news()]);
    await expect(cache.get(news, undefined)).rejects.toThrow("database down");
  });

  test("an entry past its error time is not served when the load fails", async () => {
    const { clock, cache, news, fail } = failing();
    await cache.get(news, undefined);
    clock.jump(660_000);
    fail(true);
    await expect(cache.get(news, undefined)).rejects.toThrow("database down");
  });
});

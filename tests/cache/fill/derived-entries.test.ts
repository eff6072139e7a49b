import { expect, test } from "vitest";
import { defineResource, defineTags, Loaded, withOwnStamp } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ book: (id: number) => [id] });

/** A shelf that is made from the entries of its books. */
function setup(options: Parameters<typeof unreliableFleet>[0] = {}) {
  const fleet = unreliableFleet(options);
  const titles = new Map([1, 2, 3].map((id) => [id, `title ${id}`]));
  const book = withOwnStamp(
    defineResource({
      name: "book",
      tags: (id: number) => [tags.book(id)],
      ttl: "1 hour",
      load: async (id) => titles.get(id),
    }),
  );
  const shelf = defineResource({
    name: "shelf",
    ttl: "1 hour",
    load: async (ids: readonly number[]) => {
      const read = await fleet.cache.getMany(book, ids, { entries: true });
      const from = read.map((each) => {
        if (each instanceof Error) throw each;
        return each;
      });
      const values = await Promise.all(from.map((each) => each.value()));
      return new Loaded(values.join(" | "), { from });
    },
  });
  return { ...fleet, titles, book, shelf };
}

test("an entry made from other entries, which have their own stamps, is stored by its first load", async () => {
  const { cache, shelf } = setup();
  expect((await cache.getEntry(shelf, [1, 2])).stored).toBe(true);
  expect((await cache.getEntry(shelf, [1, 2])).status).toBe("hit");
});

test("a derived entry is invalidated when one of its parts is invalidated by its key or by a pattern", async () => {
  const { cache, other, shelf, book, titles } = setup();
  await cache.get(shelf, [1, 2]);
  titles.set(2, "new");
  await other.invalidate(book, 2);
  expect(await cache.get(shelf, [1, 2])).toBe("title 1 | new");
  titles.set(1, "newer");
  await other.invalidatePattern("book:1");
  expect(await cache.get(shelf, [1, 2])).toBe("newer | new");
});

test("many entries are read with one look", async () => {
  const { cache, book, requests } = setup();
  await cache.getMany(book, [1, 2, 3]);
  requests.length = 0;
  const read = await cache.getMany(book, [1, 2, 3, 2], { entries: true });
  expect(requests).toEqual(["mget"]);
  const shown = read.map((each) => (each instanceof Error ? each : each.status));
  expect(shown).toEqual(["hit", "hit", "hit", "hit"]);
});

test("with `maxStaleness` a derived entry is as old as its oldest part", async () => {
  const { cache, clock, shelf, book, titles } = setup({ maxStaleness: "100 seconds" });
  await cache.get(book, 1);
  await clock.advance(90_000);
  await cache.get(shelf, [1, 2]);
  // The invalidation of the change is lost, so only maxStaleness ends the old value.
  titles.set(1, "new");
  await clock.advance(11_000);
  expect(await cache.get(shelf, [1, 2])).toBe("new | title 2");
});

test("without `maxStaleness` a derived entry is as old as its own load", async () => {
  const { cache, clock, shelf, book } = setup();
  await cache.get(book, 1);
  await clock.advance(90_000);
  await cache.get(shelf, [1, 2]);
  await clock.advance(5_000);
  expect((await cache.getEntry(shelf, [1, 2])).ageMs).toBe(5_000);
});

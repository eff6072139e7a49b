import { expect, test } from "vitest";
import { defineResource, defineTags, keyOf, Loaded } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ book: (id: number) => [id], author: (id: number) => [id] });

/** Books are looked up by slug; only the row has the id that invalidations name. */
function setup() {
  const fleet = unreliableFleet();
  const database = new Map([["dune", { id: 7, title: "Dune" }]]);
  const bySlug = defineResource({
    name: "by_slug",
    key: ({ slug }: { slug: string }) => keyOf({ slug }),
    ttl: "1 hour",
    load: ({ slug }) => {
      const book = database.get(slug);
      return book && new Loaded(book, { tags: [tags.book(book.id)] });
    },
  });
  return { ...fleet, database, bySlug };
}

test("the first load with an unknown value tag is not stored, and the next one is", async () => {
  const { cache, bySlug } = setup();
  expect((await cache.getEntry(bySlug, { slug: "dune" })).detail).toBe("unfenced");
  expect((await cache.getEntry(bySlug, { slug: "dune" })).stored).toBe(true);
  expect((await cache.getEntry(bySlug, { slug: "dune" })).status).toBe("hit");
});

test("an entry is invalidated by a value tag", async () => {
  const { cache, other, database, bySlug } = setup();
  for (let reads = 0; reads < 3; reads += 1) await cache.get(bySlug, { slug: "dune" });
  database.set("dune", { id: 7, title: "Dune Messiah" });
  await other.invalidate([tags.book(7)]);
  expect(await cache.get(bySlug, { slug: "dune" })).toMatchObject({ title: "Dune Messiah" });
});

test("a process that has not seen the entry makes two looks, and one from then on", async () => {
  const { cache, other, bySlug, requests } = setup();
  for (let reads = 0; reads < 2; reads += 1) await other.get(bySlug, { slug: "dune" });
  requests.length = 0;
  await cache.get(bySlug, { slug: "dune" });
  expect(requests).toEqual(["mget", "mget"]);
  await cache.get(bySlug, { slug: "dune" });
  expect(requests).toEqual(["mget", "mget", "mget"]);
});

test("an invalidation of a value tag during the load refuses the value", async () => {
  const { cache, other, bySlug, database } = setup();
  for (let reads = 0; reads < 2; reads += 1) await cache.get(bySlug, { slug: "dune" });
  await other.invalidate(bySlug, { slug: "dune" });
  const slow = {
    ...bySlug,
    load: async () => {
      const read = new Loaded(database.get("dune"), { tags: [tags.book(7)] });
      database.set("dune", { id: 7, title: "new" });
      await other.invalidate([tags.book(7)]);
      return read;
    },
  };
  expect((await cache.getEntry(slow, { slug: "dune" })).stored).toBe(false);
  expect(await cache.get(bySlug, { slug: "dune" })).toMatchObject({ title: "new" });
});

test("a value whose tags have changed is invalidated by the new ones, and no longer by the old ones", async () => {
  const { cache, database, bySlug } = setup();
  for (let reads = 0; reads < 2; reads += 1) await cache.get(bySlug, { slug: "dune" });
  database.set("dune", { id: 8, title: "other edition" });
  await cache.invalidate([tags.book(7)]);
  for (let reads = 0; reads < 2; reads += 1) await cache.get(bySlug, { slug: "dune" });
  await cache.invalidate([tags.book(7)]);
  expect((await cache.getEntry(bySlug, { slug: "dune" })).status).toBe("hit");
  await cache.invalidate([tags.book(8)]);
  expect((await cache.getEntry(bySlug, { slug: "dune" })).status).toBe("miss");
});

test("a derived entry is invalidated by its parts' tags, and not stored when a part was invalidated during its load", async () => {
  const { cache, other, bySlug, database } = setup();
  for (let reads = 0; reads < 2; reads += 1) await cache.get(bySlug, { slug: "dune" });
  let meanwhile: () => Promise<void> = async () => undefined;
  const page = defineResource<void, string>({
    name: "page",
    ttl: "1 hour",
    load: async () => {
      const part = await cache.getEntry(bySlug, { slug: "dune" });
      const title = (await part.value())?.title ?? "";
      await meanwhile();
      return new Loaded(title, { from: [part] });
    },
  });
  // The first load creates the stamp of the part's own tag.
  expect((await cache.getEntry(page, undefined)).detail).toBe("unfenced");
  expect((await cache.getEntry(page, undefined)).stored).toBe(true);
  database.set("dune", { id: 7, title: "new" });
  await other.invalidate([tags.book(7)]);
  expect((await cache.getEntry(page, undefined)).status).toBe("miss");
  await cache.invalidate([tags.book(7)]);
  meanwhile = () => other.invalidate([tags.book(7)]);
  const torn = await cache.getEntry(page, undefined);
  expect([torn.status, torn.stored]).toEqual(["miss", false]);
});

test("a value with more than 320 tags is returned to its reader, and not stored", async () => {
  const { cache, bySlug } = setup();
  const many = Array.from({ length: 319 }, (_, id) => tags.author(id));
  const wide = { ...bySlug, load: () => new Loaded({ id: 1, title: "" }, { tags: many }) };
  const reading = await cache.getEntry(wide, { slug: "x" });
  expect([reading.stored, await reading.value()]).toEqual([false, { id: 1, title: "" }]);
});

test("a process whose invalidation of a value tag failed does not read the entry from before it", async () => {
  const { cache, other, bySlug, database, turn } = setup();
  for (let reads = 0; reads < 3; reads += 1) await other.get(bySlug, { slug: "dune" });
  turn("refused", "delete");
  await expect(cache.invalidate([tags.book(7)])).rejects.toThrow("invalidation_failed");
  database.set("dune", { id: 7, title: "Dune Messiah" });
  expect(await cache.get(bySlug, { slug: "dune" })).toMatchObject({ title: "Dune Messiah" });
  turn("none");
  expect(await cache.get(bySlug, { slug: "dune" })).toMatchObject({ title: "Dune Messiah" });
  expect(await other.get(bySlug, { slug: "dune" })).toMatchObject({ title: "Dune Messiah" });
});

test("an invalidation between the two looks at an entry is seen", async () => {
  const { cache, other, bySlug, holdRequest, holdReply } = setup();
  for (let reads = 0; reads < 2; reads += 1) await other.get(bySlug, { slug: "dune" });
  const first = holdReply("mget");
  const reading = cache.getEntry(bySlug, { slug: "dune" });
  await first.reached;
  const second = holdRequest("mget");
  first.release();
  await second.reached;
  await other.clear();
  second.release();
  expect((await reading).status).toBe("miss");
});

test("a derived entry is not stored when a part was invalidated since it was read", async () => {
  const { cache, bySlug } = setup();
  for (let reads = 0; reads < 2; reads += 1) await cache.get(bySlug, { slug: "dune" });
  const part = await cache.getEntry(bySlug, { slug: "dune" });
  const load = async () => new Loaded((await part.value())?.title ?? "", { from: [part] });
  const page = defineResource<void, string>({ name: "page", ttl: "1 hour", load });
  // The first load creates the stamp of the part's own tag.
  expect((await cache.getEntry(page, undefined)).detail).toBe("unfenced");
  expect((await cache.getEntry(page, undefined)).stored).toBe(true);
  await cache.invalidate([tags.book(7)]);
  expect((await cache.getEntry(page, undefined)).stored).toBe(false);
});

test("a derived entry is invalidated when one of its parts is invalidated by its key", async () => {
  const { cache, other, bySlug, database } = setup();
  for (let reads = 0; reads < 2; reads += 1) await cache.get(bySlug, { slug: "dune" });
  const page = defineResource<void, string>({
    name: "page",
    ttl: "1 hour",
    load: async () => {
      const part = await cache.getEntry(bySlug, { slug: "dune" });
      return new Loaded((await part.value())?.title ?? "", { from: [part] });
    },
  });
  for (let reads = 0; reads < 2; reads += 1) await cache.get(page, undefined);
  database.set("dune", { id: 7, title: "new" });
  await other.invalidate(bySlug, { slug: "dune" });
  expect(await cache.get(page, undefined)).toBe("new");
});

import { expect, test } from "vitest";
import { type CacheOptions, defineResource, defineTags, Loaded } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { putText } from "../../support/put-text.ts";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ book: (id: number) => [id], shelf: () => [] });

const key = (id: number) => ({ id });
const recorded = defineResource<number, number>({
  name: "recorded",
  key,
  tags: "reads",
  ttl: "1 hour",
  compression: false,
  load: async (id, _source, { reads }) => {
    const scopes = [tags.book(id), tags.shelf()].map((tag) => ({ tag, words: tag }));
    await reads?.before([scopes]);
    return id;
  },
});

/** Value 0 names no tag. */
const namedOptions = {
  key,
  ttl: "1 hour",
  load: (id: number) => new Loaded(id, { tags: id === 0 ? [] : [tags.book(id)] }),
} as const;
const named = defineResource<number, number>({ ...namedOptions, name: "named" });

/** A process whose requests are recorded, over entries that another process has stored. */
async function setup(options: Partial<CacheOptions> = {}) {
  const parts = unreliableFleet(options);
  for (const id of [1, 2, 3, 4]) await parts.other.get(recorded, id);
  for (const id of [0, 1, 1, 2, 2]) await parts.other.get(named, id);
  parts.requests.length = 0;
  return parts;
}

test("the first hit of a recorded entry is one request, and the next hits are ordinary looks", async () => {
  const { cache, requests } = await setup();
  expect((await cache.getEntry(recorded, 1)).status).toBe("hit");
  expect((await cache.getEntry(recorded, 1)).status).toBe("hit");
  expect(requests).toEqual(["follow", "mget"]);
});

test("a resource with value tags is read by `follow` once one of its tags is known", async () => {
  const { cache, requests } = await setup();
  for (const id of [1, 2, 2]) expect((await cache.getEntry(named, id)).status).toBe("hit");
  expect(requests).toEqual(["mget", "mget", "follow", "mget"]);
});

test("an entry without value tags is read by `follow` only once", async () => {
  const { cache, requests } = await setup();
  for (const id of [1, 0, 0]) expect((await cache.getEntry(named, id)).status).toBe("hit");
  expect(requests).toEqual(["mget", "mget", "follow", "mget"]);
});

test("many first hits take one request, together with entries whose tags are known", async () => {
  const { cache, requests } = await setup();
  await cache.get(recorded, 3);
  requests.length = 0;
  expect(await cache.getMany(recorded, [3, 1, 4, 2], { snapshot: true })).toEqual([3, 1, 4, 2]);
  expect(await cache.getMany(recorded, [3, 1, 4, 2], { snapshot: true })).toEqual([3, 1, 4, 2]);
  expect(requests).toEqual(["follow", "mget"]);
});

test("an entry whose tag was invalidated is a miss at the first look too", async () => {
  const { cache, other } = await setup();
  await other.invalidate(tags.book(1));
  const entries = await cache.getMany(recorded, [1, 2], { entries: true });
  expect(entries).toMatchObject([{ status: "miss" }, { status: "hit" }]);
});

test("an invalidation after the first look is seen by the next look", async () => {
  const { cache, other } = await setup();
  await cache.get(recorded, 1);
  await other.invalidate(tags.shelf());
  expect((await cache.getEntry(recorded, 1)).status).toBe("miss");
});

test('with `reads: "any"` a first hit takes two looks instead of `follow`, which replicas cannot run', async () => {
  const { cache, requests } = await setup({ reads: "any" });
  expect((await cache.getEntry(recorded, 1)).status).toBe("hit");
  expect(requests).toEqual(["mget", "mget"]);
});

test("a client that has a copy costs one request at the first look too", async () => {
  const { cache, other, requests } = await setup();
  const ifNoneMatch = `"${(await other.getEntry(recorded, 1)).etag}"`;
  for (let reads = 0; reads < 2; reads += 1)
    expect((await cache.getEntry(recorded, 1, { ifNoneMatch })).status).toBe("hit");
  expect(requests).toEqual(["follow", "revalidate"]);
});

test("a process with held entries reads an entry that it does not hold by `follow`", async () => {
  const { cache, other, requests } = await setup();
  const kept = { ...recorded, l1TrustMs: 0 };
  await other.get(kept, 1);
  for (let reads = 0; reads < 2; reads += 1)
    expect((await cache.getEntry(kept, 1)).status).toBe("hit");
  expect(requests).toEqual(["follow", "mget"]);
});

test("a held entry is validated by its own stamps, whatever tags other entries of its resource have", async () => {
  const { cache, requests } = await setup();
  const kept = defineResource<number, number>({ ...namedOptions, name: "kept", l1: true });
  for (const id of [1, 0]) await cache.get(kept, id);
  requests.length = 0;
  expect((await cache.getEntry(kept, 0)).status).toBe("hit");
  expect(requests).toEqual(["mget"]);
});

test("a damaged entry is a miss, and the entries beside it are hits", async () => {
  const { cache, store } = await setup();
  const name = `cache:1:${recorded.keyFor(1)}`;
  const [text = ""] = await store.mget([name]);
  await putText(store, name, `${text}damage`);
  const entries = await cache.getMany(recorded, [1, 2], { entries: true });
  expect(entries).toMatchObject([{ status: "miss" }, { status: "hit" }]);
});

test("an entry takes a second look when the store cannot read the tags in its header", async () => {
  const blind = (store: Store): Store => ({
    ...overNetwork(store, {}),
    follow: async (request) => {
      const { values } = await store.follow(request);
      return { values, stamps: values.slice(0, request.entryCount).map(() => []) };
    },
  });
  const { cache, instance } = fleet({ wrap: blind });
  await cache.get(recorded, 1);
  const other = instance();
  expect((await other.getEntry(recorded, 1)).status).toBe("hit");
  await cache.invalidate(tags.shelf());
  expect((await instance().getEntry(recorded, 1)).status).toBe("miss");
});

test("a read whose first look fails loads without the store", async () => {
  const { cache, turn } = await setup();
  turn("refused", "follow");
  const entry = await cache.getEntry(recorded, 1);
  expect([entry.status, entry.detail]).toEqual(["bypass", "store-unreachable"]);
});

import { Cache, defineResource, inspectEntry, MemoryStore, parseTag } from "@algoitny/cache";

import { expect, test } from "vitest";

const book = defineResource({
  name: "book",
  key: ({ id }: { id: number }) => ({ id }),
  tags: ({ id }) => [parseTag(`book:${id}`)],
  ttl: "1 minute",
  load: async ({ id }) => ({ id, title: "그래프" }),
});

test("an entry is inspected with one command, which neither loads nor counts as a read", async () => {
  const store = new MemoryStore();
  const cache = new Cache({ store });
  expect(await inspectEntry(store, "book:id:1")).toEqual({ entry: null, isLoading: false });
  await cache.get(book, { id: 1 });
  const looks: (readonly string[])[] = [];
  const mget = store.mget.bind(store);
  store.mget = (keys) => {
    looks.push(keys);
    return mget(keys);
  };
  const { entry, isLoading } = await inspectEntry(store, "book:id:1");
  expect(isLoading).toBe(false);
  expect(entry?.header).toMatchObject({ status: 200, coding: "identity" });
  expect(JSON.parse(entry?.body ?? "")).toEqual({ id: 1, title: "그래프" });
  expect(looks).toHaveLength(1);
});

test("the inspection of an entry shows whether it is being loaded", async () => {
  const store = new MemoryStore();
  const cache = new Cache({ store });
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = defineResource({
    name: "slow",
    key: () => ({ id: 1 }),
    tags: () => [parseTag("slow:1")],
    ttl: "1 minute",
    load: () => promise.then(() => "done"),
  });
  const reading = cache.get(slow);
  await expect.poll(async () => (await inspectEntry(store, "slow:id:1")).isLoading).toBe(true);
  resolve();
  await reading;
  expect((await inspectEntry(store, "slow:id:1")).isLoading).toBe(false);
});

test("a damaged entry is inspected as missing", async () => {
  const mget = async () => ["2.x\nnot an entry", null];
  expect(await inspectEntry({ mget }, "book:id:1")).toEqual({ entry: null, isLoading: false });
});

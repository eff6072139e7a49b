import { expect, test } from "vitest";
import { createLoader } from "@algoitny/cache/graphql";
import { bookServer, tags } from "./book-server.ts";

test("the entries that a mutation changes are invalidated before it answers", async () => {
  const { ask } = bookServer();
  await ask("{ book(id: 1) { title } }");
  const { data } = await ask(`mutation { rename(id: 1, title: "new") { id title } }`);
  expect(data).toEqual({ rename: { id: "1", title: "new" } });
  expect((await ask("{ book(id: 1) { title } }")).data).toEqual({ book: { title: "new" } });
});

test("each root field of a document reads what the one before it wrote", async () => {
  const { ask } = bookServer();
  await ask("{ book(id: 1) { title } }");
  const { data } = await ask(
    `mutation { a: rename(id: 1, title: "a") { title } b: rename(id: 1, title: "b") { title } c: rename(id: 2, title: "c") { title } }`,
  );
  expect(data).toEqual({ a: { title: "a" }, b: { title: "b" }, c: { title: "c" } });
});

test("an invalidation is done before the next root field begins", async () => {
  const order: string[] = [];
  const server = bookServer({
    cache: {
      onInvalidate: async ({ tags: all }) => {
        await Promise.resolve();
        order.push(`invalidated ${all.join()}`);
      },
    },
  });
  const { books } = server.library;
  const set = books.set.bind(books);
  books.set = (id, row) => {
    order.push(`written ${row.title}`);
    return set(id, row);
  };
  await server.ask(
    `mutation { a: rename(id: 1, title: "a") { id } b: rename(id: 2, title: "b") { id } }`,
  );
  expect(order).toEqual(["written a", "invalidated book:1", "written b", "invalidated book:2"]);
});

test("a root field that fails does not affect those before and after it", async () => {
  const { ask } = bookServer();
  const { data, errors } = await ask(
    `mutation { a: rename(id: 1, title: "a") { title } b: fail(id: 1) { title } c: rename(id: 1, title: "c") { title } }`,
  );
  expect(data).toEqual({ a: { title: "a" }, b: null, c: { title: "c" } });
  expect(errors?.map(({ path }) => path)).toEqual([["b"]]);
});

test("a failed invalidation is an error of its field, and this process reads the new value", async () => {
  const { ask, store } = bookServer();
  await ask("{ book(id: 1) { title } }");
  const remove = store.delete.bind(store);
  store.delete = async () => {
    throw new Error("the store is down");
  };
  const { data, errors } = await ask(`mutation { rename(id: 1, title: "new") { title } }`);
  expect(data).toEqual({ rename: null });
  expect(errors?.[0]?.message).toContain("invalidation_failed");
  store.delete = remove;
  expect((await ask("{ book(id: 1) { title } }")).data).toEqual({ book: { title: "new" } });
});

test("a load that a mutation overtakes is not stored", async () => {
  const { ask, library } = bookServer();
  const held = Promise.withResolvers<void>();
  library.before.load = () => held.promise;
  const filling = ask("{ book(id: 1) { title } }");
  while (library.loads.length === 0) await new Promise((resolve) => setImmediate(resolve));
  library.before.load = async () => undefined;
  await ask(`mutation { rename(id: 1, title: "new") { id } }`);
  held.resolve();
  expect((await filling).data).toEqual({ book: { title: "title 1" } });
  expect((await ask("{ book(id: 1) { title } }")).data).toEqual({ book: { title: "new" } });
});

test("a response is not stored when one of its entries was invalidated while it was made", async () => {
  const { ask, library, cache } = bookServer();
  await ask("{ book(id: 1) { title } }");
  let isFirst = true;
  library.before.load = async () => {
    if (!isFirst) return;
    isFirst = false;
    library.books.set(1, { id: 1, title: "new", author: 1 });
    await cache.invalidate(tags.book(1));
  };
  const torn = await ask("{ book(id: 1) { title author { name } } }");
  expect(torn.stored).toBe(false);
  expect((await ask("{ book(id: 1) { title author { name } } }")).data).toMatchObject({
    book: { title: "new" },
  });
});

test("a loader makes one look for all keys of a tick, and keeps errors in their places", async () => {
  const { cache, library, requests } = bookServer();
  library.books.set(2, { id: 2, title: "broken", author: 0 });
  const books = createLoader(cache, library.book);
  const read = await Promise.allSettled([1, 2, 1, 3].map((id) => books.load(id)));
  expect(read.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(requests.filter((each) => each === "mget").length).toBe(1);
  const [first, failed] = await books.loadMany([1, 2]);
  expect([first, failed instanceof Error]).toEqual([library.books.get(1), true]);
  library.books.set(1, { id: 1, title: "new", author: 1 });
  await cache.invalidate(tags.book(1));
  expect(await books.load(1)).toMatchObject({ title: "title 1" });
  expect(await books.clear(1).load(1)).toMatchObject({ title: "new" });
  books.clearAll();
  expect(await books.load(3)).toMatchObject({ title: "title 3" });
});

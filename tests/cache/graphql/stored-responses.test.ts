import { describe, expect, test } from "vitest";
import { bookServer, tags } from "./book-server.ts";

const BOOK = `query Book($id: ID! = 1) { book(id: $id) { title author { name } } }`;

describe("a response", () => {
  test("is a hit at the second request, by one command once its tags are known", async () => {
    const { ask, requests } = bookServer();
    expect((await ask(BOOK)).came).toBe("miss");
    requests.length = 0;
    expect(await ask(BOOK)).toMatchObject({ came: "hit", data: { book: { title: "title 1" } } });
    expect(requests).toEqual(["mget"]);
  });

  test("of 320 rows takes five commands to make when the views of its rows are cached", async () => {
    const { ask, requests, library } = bookServer();
    for (let id = 4; id <= 320; id += 1) library.books.set(id, { id, title: `t${id}`, author: 0 });
    await ask("{ books { id } }");
    requests.length = 0;
    expect((await ask("{ books { id author { name } } }")).stored).toBe(true);
    // The response misses, the list hits, two authors are loaded and stored, and the response is stored.
    expect(requests).toEqual(["follow", "lease", "mget", "mget", "lease", "commit", "commit"]);
    requests.length = 0;
    expect((await ask("query Other { books { author { name } id } }")).stored).toBe(true);
    expect(requests).toEqual(["follow", "lease", "mget", "mget", "commit"]);
  });

  test("is invalidated with any entry that it was made from, and with no other", async () => {
    const { ask, cache, library } = bookServer();
    await ask(BOOK);
    await cache.invalidate(tags.book(2), tags.author(0));
    expect((await ask(BOOK)).came).toBe("hit");
    library.books.set(1, { id: 1, title: "new", author: 1 });
    await cache.invalidate(library.book, 1);
    expect((await ask(BOOK)).data).toMatchObject({ book: { title: "new" } });
    await cache.invalidate(tags.author(1));
    expect((await ask(BOOK)).came).toBe("miss");
  });

  test("of a missing object is invalidated when the object is created", async () => {
    const { ask } = bookServer();
    const query = `{ book(id: 50) { title } }`;
    await ask(query);
    expect(await ask(query)).toMatchObject({ came: "hit", data: { book: null } });
    await ask(`mutation { add(id: 50, title: "made") { id } }`);
    expect((await ask(query)).data).toEqual({ book: { title: "made" } });
  });

  test("of a list is invalidated by any new member, and not when a field changes that it does not show", async () => {
    const { ask } = bookServer();
    const query = `{ all: books { id } none: books(shelf: "none") { ...Part } } fragment Part on Book { id }`;
    await ask(query);
    expect((await ask(query)).came).toBe("hit");
    await ask(`mutation { rename(id: 1, title: "new") { id } }`);
    expect((await ask(query)).came).toBe("hit");
    await ask(`mutation { add(id: 60, title: "made") { id } }`);
    expect((await ask(query)).data).toMatchObject({ all: expect.arrayContaining([{ id: "60" }]) });
  });

  test("expires with the first entry that it was made from", async () => {
    const { ask, clock } = bookServer();
    await ask("{ book(id: 1) { title } }");
    await clock.advance(500_000);
    await ask("{ books { id } book(id: 1) { title } }");
    await clock.advance(99_000);
    expect((await ask("{ books { id } book(id: 1) { title } }")).came).toBe("hit");
    await clock.advance(2_000);
    expect((await ask("{ books { id } book(id: 1) { title } }")).came).toBe("miss");
  });

  test("is not stored when it was made from a stale entry", async () => {
    const { ask, clock, library, cache } = bookServer();
    await ask("{ book(id: 1) { id title } }");
    await clock.advance(601_000);
    const held = Promise.withResolvers<void>();
    library.before.load = () => held.promise;
    const refreshing = cache.get(library.book, 1);
    await clock.advance(0);
    expect((await ask("{ book(id: 1) { id title } }")).came).toBe("part-not-stored");
    held.resolve();
    await refreshing;
    expect((await ask("{ book(id: 1) { id title } }")).stored).toBe(true);
  });

  test("reads each entry once, however often the document names it", async () => {
    const { ask, library } = bookServer();
    await ask(
      "{ a: book(id: 1) { title } b: book(id: 1) { title author { name } } c: books { author { id } } }",
    );
    expect(library.loads.toSorted()).toEqual(["author 0", "author 1", "book 1", "list all"]);
  });

  test("with more than 320 tags is answered, not stored", async () => {
    const { ask, library } = bookServer();
    for (let id = 4; id <= 320; id += 1) library.books.set(id, { id, title: `t${id}`, author: 0 });
    const { came, data } = await ask("{ books { title } }");
    expect([came, (data as { books: unknown[] }).books.length]).toEqual(["too-many-tags", 320]);
  });
});

describe("a response that is never stored", () => {
  test.each([
    ["a mutation", `mutation { rename(id: 1, title: "x") { id } }`, "mutation"],
    ["a field without a lifetime", "{ plain }", "max-age"],
    [
      "a field without a lifetime beside one that has one",
      "{ plain book(id: 1) { id } }",
      "max-age",
    ],
    ["introspection", "{ __schema { types { name } } }", "max-age"],
    ["a name alone", "{ __typename }", "max-age"],
    ["a private field for an anonymous client", "{ me { id } }", "private"],
  ])("is %s", async (_, query, why) => {
    const { ask, requests } = bookServer();
    await ask(query);
    requests.length = 0;
    expect((await ask(query)).came).toBe(why);
    expect(requests).not.toContain("commit");
  });

  test("is one with errors, although the entries that it read are stored", async () => {
    const { ask, library, cache } = bookServer();
    const query = `{ book(id: 1) { id } broken: book(id: 2) { id } }`;
    library.books.set(2, { id: 2, title: "broken", author: 0 });
    const failed = await ask(query);
    expect([failed.came, failed.data, failed.errors?.length]).toEqual([
      "errors",
      { book: { id: "1" }, broken: null },
      1,
    ]);
    expect((await cache.getEntry(library.book, 1)).status).toBe("hit");
    library.books.set(2, { id: 2, title: "mended", author: 0 });
    expect(await ask(query)).toMatchObject({ came: "miss", data: { broken: { id: "2" } } });
  });

  test("is one whose errors have made all of its data null", async () => {
    const { ask } = bookServer();
    const failed = await ask("{ books { id strict } }");
    expect([failed.came, failed.data]).toEqual(["errors", null]);
    expect((await ask("{ books { id strict } }")).came).toBe("errors");
  });

  test("is sent to its own request only, although others have waited for it", async () => {
    const { ask, library } = bookServer();
    library.books.set(2, { id: 2, title: "broken", author: 0 });
    let executions = 0;
    const title = () => `execution ${(executions += 1)}`;
    library.media.splice(0, 2, { __typename: "Film", id: 9, title });
    const all = await Promise.all(
      [1, 2, 3].map(() => ask("{ media { title } book(id: 2) { id } }")),
    );
    expect(all.map(({ errors }) => errors?.length)).toEqual([1, 1, 1]);
    expect(all.map(({ data }) => JSON.stringify(data?.["media"])).toSorted()).toEqual(
      [1, 2, 3].map((execution) => `[{"title":"execution ${execution}"}]`),
    );
  });
});

describe("lifetimes by @cacheControl", () => {
  test("are the lowest of all fields", async () => {
    const { ask, clock } = bookServer();
    await ask("{ brief book(id: 1) { id } }");
    await clock.advance(4_900);
    expect((await ask("{ brief book(id: 1) { id } }")).came).toBe("hit");
    await clock.advance(200);
    expect((await ask("{ brief book(id: 1) { id } }")).came).toBe("miss");
  });

  test("can be shortened by a resolver while it runs", async () => {
    const { ask, clock } = bookServer();
    await ask("{ lowered }");
    await clock.advance(1_900);
    expect((await ask("{ lowered }")).came).toBe("hit");
    await clock.advance(200);
    expect((await ask("{ lowered }")).came).toBe("miss");
  });
});

test("a hit needs neither the schema nor a parsed document", async () => {
  const first = bookServer();
  const params = { query: BOOK, documentId: "" };
  const { createHash } = await import("node:crypto");
  params.documentId = createHash("sha256").update(BOOK).digest("hex");
  await first.ask(params);
  const { documentId } = params;
  const other = bookServer({ store: first.store, clock: first.clock, library: first.library });
  expect((await other.ask({ documentId })).came).toBe("hit");
  expect(other.schemas()).toBe(0);
  other.requests.length = 0;
  expect((await other.ask({ documentId })).came).toBe("hit");
  // The document, and the response.
  expect(other.requests).toEqual(["mget", "mget"]);
});

test("a server with another version of the schema does not read responses of this one", async () => {
  const { ask, store, clock, library } = bookServer();
  await ask(BOOK);
  const deployed = bookServer({ store, clock, library, graphql: { version: "2" } });
  expect((await deployed.ask(BOOK)).came).toBe("miss");
  expect(library.loads.length).toBe(2);
});

test("unknown options are refused, and so is a variant of more than 64 characters", async () => {
  expect(() => bookServer({ graphql: { viewr: () => "" } as never })).toThrow(
    "did you mean viewer",
  );
  const { ask } = bookServer({ graphql: { variant: () => "x".repeat(65) } });
  await expect(ask(BOOK)).rejects.toThrow("at most 64");
});

test("a list whose members change their type is answered by their current types", async () => {
  const server = bookServer();
  const query = "{ media { __typename title ... on Book { author { name } } ... on Film { id } } }";
  const first = await server.ask(query);
  expect(first.data).toMatchObject({
    media: [{ __typename: "Book", author: { name: "author 1" } }, { __typename: "Film" }],
  });
  expect((await server.ask(query)).came).toBe("hit");
  server.library.media.reverse();
  await server.cache.invalidate(server.library.author, 1);
  expect((await server.ask(query)).data).toMatchObject({
    media: [{ __typename: "Film" }, { __typename: "Book", author: { name: "author 1" } }],
  });
});

import { describe, expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ book: (id: number) => [id], shelf: (name: string) => [name] });

/** Three resources whose values count the loads; `changed` returns the names of the entries that were loaded again. */
async function setup() {
  const { cache, instance } = fleet();
  let loads = 0;
  const book = defineResource({
    name: "book",
    key: ({ id }: { id: number; locale?: string }) => ({ id }),
    tags: ({ id }) => [tags.book(id)],
    ttl: "1 hour",
    staleWhileRevalidate: "1 hour",
    load: () => ++loads,
  });
  const shelf = defineResource({
    name: "shelf",
    tags: (name: string) => [tags.shelf(name)],
    ttl: "1 hour",
    load: () => ++loads,
  });
  const answer = defineResource({ name: "answer", ttl: "1 hour", load: () => ++loads });
  const read = async () => [
    ...(await Promise.all([1, 2].map((id) => cache.get(book, { id })))),
    ...(await Promise.all(["a", "b"].map((name) => cache.get(shelf, name)))),
    await cache.get(answer),
  ];
  const before = await read();
  const changed = async () => {
    const names = ["book 1", "book 2", "shelf a", "shelf b", "answer"];
    const after = await read();
    return names.filter((_, index) => before[index] !== after[index]);
  };
  return { cache, other: instance(), book, shelf, answer, changed };
}
type Setup = Awaited<ReturnType<typeof setup>>;

const CALLS: [string, (parts: Setup) => Promise<void>, string[]][] = [
  ["a tag", ({ other }) => other.invalidate(tags.book(1)), ["book 1"]],
  [
    "several tags",
    ({ other }) => other.invalidate(tags.book(2), tags.shelf("a")),
    ["book 2", "shelf a"],
  ],
  ["a list of tags", ({ other }) => other.invalidate([tags.book(1)]), ["book 1"]],
  ["an empty list", ({ other }) => other.invalidate([]), []],
  ["a resource", ({ other, shelf }) => other.invalidate(shelf), ["shelf a", "shelf b"]],
  [
    "one entry, whatever else its parameters hold",
    ({ other, book }) => other.invalidate(book, { id: 1, locale: "en" }),
    ["book 1"],
  ],
  ["one entry by a scalar", ({ other, shelf }) => other.invalidate(shelf, "b"), ["shelf b"]],
  ["the one entry of a resource", ({ other, answer }) => other.invalidate(answer), ["answer"]],
  [
    "resources and tags in one list",
    ({ other, shelf }) => other.invalidate([shelf, tags.book(2)]),
    ["book 2", "shelf a", "shelf b"],
  ],
  ["tags by expiry", ({ other }) => other.expire(tags.book(1), tags.book(2)), ["book 1", "book 2"]],
  ["a resource by expiry", ({ other, book }) => other.expire(book), ["book 1", "book 2"]],
];

test.for(CALLS)(
  "%s can be invalidated, and nothing else is invalidated",
  async ([, call, expected]) => {
    const parts = await setup();
    await call(parts);
    expect(await parts.changed()).toEqual(expected);
  },
);

describe("an argument that names no tag, resource or entry is refused:", () => {
  const refused: [string, (parts: Setup) => unknown[], string][] = [
    [
      "a tag that was not called",
      () => [tags.book],
      "argument 1 is a function: call it, as in tags.book(7)",
    ],
    ["one in a list", () => [[tags.book(1), tags.book]], "item 1 is a function: call it"],
    ["nothing", () => [undefined], "argument 1 is undefined"],
    ["nothing in a list", () => [[undefined]], "item 0 is undefined"],
    ["an empty text", () => [""], "argument 1 is an empty text"],
    ["an object", () => [{ id: 1 }], "argument 1 is an object"],
    [
      "two resources",
      ({ book, shelf }) => [book, shelf],
      "put several resources or tags into one array",
    ],
    ["a resource and two parameters", ({ shelf }) => [shelf, "a", "b"], "put several"],
    [
      "parameters that make no key",
      ({ book }) => [book, { id: Number.NaN }],
      'resource "book": key.id is NaN',
    ],
  ];
  test.for(refused)("%s", async ([, argumentsOf, message]) => {
    const parts = await setup();
    const { cache } = parts;
    const invalidate = cache.invalidate.bind(cache) as (...args: unknown[]) => Promise<void>;
    await expect(invalidate(...argumentsOf(parts))).rejects.toThrow(message);
    expect(await parts.changed()).toEqual([]);
  });

  test("a single entry in `expire`: it has no separate stamp", async () => {
    const { cache, shelf } = await setup();
    const expire = cache.expire.bind(cache) as (...args: unknown[]) => Promise<void>;
    await expect(expire(shelf, "a")).rejects.toThrow("one entry cannot be expired alone");
  });

  test("a tag with a part that is missing or not a number", () => {
    const book = tags.book as (id: unknown) => unknown;
    for (const part of [undefined, null, Number.NaN, {}, []])
      expect(() => book(part)).toThrow(
        /^definition_invalid: tags\.book: part 1 is .*: pass a string/,
      );
  });

  test("tags of a resource that are not a list of tags", async () => {
    const { cache } = fleet();
    const wrong: [unknown, string][] = [
      ["book:7", 'resource "row": tags returned a string: return an array'],
      [[tags.book], 'resource "row": tags returned a function in place 0: call the tag'],
      [[undefined], 'resource "row": tags returned undefined in place 0'],
    ];
    for (const [returned, message] of wrong) {
      const row = defineResource({
        name: "row",
        tags: () => returned as never,
        ttl: "1 minute",
        load: () => 1,
      });
      await expect(cache.get(row)).rejects.toThrow(message);
    }
  });
});

import { MemoryStore, Cache } from "@algoitny/cache";
import { type FineScope, recorder, streamHandler } from "@algoitny/cache/dynamodb";
import { expect, test } from "vitest";
import { fineScopes } from "../../../packages/cache/src/dynamodb/fine-scopes.ts";
import { documentValue } from "../../../packages/cache/src/dynamodb/key-value.ts";
import { planOf } from "../../../packages/cache/src/dynamodb/read-plan.ts";
import type { ReadOperation } from "../../../packages/cache/src/dynamodb/sdk-command.ts";
import { namesOfRecord } from "../../../packages/cache/src/dynamodb/record-names.ts";
import { sdkClient } from "./sdk-client.ts";

type Scopes = readonly FineScope[];

const KINDS = ["prefix", "index", "attribute"] as const;

/** Reads that all see the item `CHANGED`, by the kind of scope that they use. */
const KEY = { author: "Austen", book: "novel#Emma" };
const AUTHOR = { ":a": "Austen" };
const READS: Readonly<Record<string, [ReadOperation, object]>> = {
  item: ["GetItem", { Key: KEY }],
  partition: [
    "Query",
    { KeyConditionExpression: "author = :a", ExpressionAttributeValues: AUTHOR },
  ],
  table: ["Scan", {}],
  prefix: [
    "Query",
    {
      KeyConditionExpression: "author = :a AND begins_with(book, :b)",
      ExpressionAttributeValues: { ...AUTHOR, ":b": "novel#" },
    },
  ],
  index: [
    "Query",
    {
      IndexName: "byShelf",
      KeyConditionExpression: "shelf = :s",
      ExpressionAttributeValues: { ":s": "old" },
    },
  ],
  attribute: ["GetItem", { Key: KEY, ProjectionExpression: "shelf" }],
  "attribute of a partition": [
    "Query",
    {
      KeyConditionExpression: "author = :a",
      ExpressionAttributeValues: AUTHOR,
      ProjectionExpression: "shelf",
    },
  ],
  "attribute of a prefix": [
    "Query",
    {
      KeyConditionExpression: "author = :a AND book BETWEEN :b AND :c",
      ExpressionAttributeValues: { ...AUTHOR, ":b": "novel#A", ":c": "novel#Z" },
      ProjectionExpression: "shelf",
    },
  ],
  "attribute of a table": ["Scan", { ProjectionExpression: "shelf" }],
};

const image = (item: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }]));

const CHANGED = {
  eventName: "MODIFY",
  eventSourceARN: "arn:aws:dynamodb:eu-west-1:1:table/books/stream/1",
  dynamodb: {
    Keys: image(KEY),
    OldImage: image({ ...KEY, shelf: "old" }),
    NewImage: image({ ...KEY, shelf: "new" }),
  },
};

/** What a read depends on, for a reader with a list of scopes. */
function readBy(scopes: Scopes, name: string) {
  const [operation, input] = READS[name] as [ReadOperation, object];
  const reading = { codec: documentValue, scopes: fineScopes(scopes, "tests") };
  return planOf(operation, { TableName: "books", ...input }, reading).reads[0]?.scopes[0] ?? [];
}

const namesBy = (scopes: Scopes) => namesOfRecord(CHANGED, fineScopes(scopes, "tests"));

/** Every list of scopes. */
const LISTS = KINDS.reduce<Scopes[]>(
  (lists, kind) => [...lists, ...lists.map((each) => [...each, kind])],
  [[]],
);

test("a change invalidates every read of the item, whatever lists of scopes the reader and the writer have", () => {
  const missed = LISTS.flatMap((others) => {
    const names = namesBy(others);
    return LISTS.flatMap((own) =>
      Object.keys(READS)
        .filter((name) => !readBy(own, name).some(({ tag }) => names.has(tag)))
        .map((name) => `${name}: read with ${own.join()}, written with ${others.join()}`),
    );
  });
  expect(LISTS).toHaveLength(8);
  expect(missed).toEqual([]);
});

test.for([
  ["prefix", "books: author = …"],
  ["index", "books: any item"],
  ["attribute", "books: an item by its key"],
  ["attribute of a partition", "books: author = …"],
] as const)(
  "without its scope, a read by %s depends on the next wider one that all writers name",
  ([name, wider]) => {
    expect(readBy([], name).map(({ words }) => words)).toEqual([wider, "books: everything"]);
  },
);

test("a writer names three places an item and four a table, without the scopes that no read uses", () => {
  expect(namesBy([]).size).toBe(7);
  expect(namesBy(["index"]).size).toBe(8);
  expect(namesBy(KINDS).size).toBe(13);
});

test("of reads that share their scopes with the writer, a change of another item leaves the narrower ones valid", () => {
  const elsewhere = { ...CHANGED.dynamodb, Keys: image({ author: "Austen", book: "play#1" }) };
  const names = namesOfRecord({ ...CHANGED, dynamodb: elsewhere }, fineScopes(KINDS, "tests"));
  const fallen = Object.keys(READS).filter((name) =>
    readBy(KINDS, name).some(({ tag }) => names.has(tag)),
  );
  expect(fallen).toEqual([
    "partition",
    "table",
    "index",
    "attribute of a partition",
    "attribute of a table",
  ]);
});

test.for(["prefixes", ["prefixes"], [undefined], null])(
  "scopes %j are refused: a misspelled one would be one that is left out",
  (scopes) => {
    const cache = new Cache({ store: new MemoryStore() });
    const { client } = sdkClient({});
    expect(() => recorder(client, { scopes: scopes as never })).toThrow("recorder: scopes is");
    expect(() => streamHandler(cache, { scopes: scopes as never })).toThrow(
      "streamHandler: scopes is",
    );
  },
);

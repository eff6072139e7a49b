import { type LoadReads, MemoryStore, Cache, type Tag } from "@algoitny/cache";
import { type FineScope, recorder, streamHandler } from "@algoitny/cache/dynamodb";
import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
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

/** The places and attributes on which a read depends, for a reader with a list of scopes. */
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

const TableName = "books";
const Item = { ...KEY, shelf: "new" };
const update = {
  TableName,
  Key: KEY,
  UpdateExpression: "SET shelf = :s",
  ExpressionAttributeValues: { ":s": "new" },
};

/** Writes of `CHANGED` by a recording client; the repeated mutation only reads the item. */
const WRITES: Readonly<Record<string, (db: DynamoDBDocumentClient) => Promise<unknown>>> = {
  "a put": (db) => db.send(new PutCommand({ TableName, Item })),
  "an update": (db) => db.send(new UpdateCommand(update)),
  "a deletion": (db) => db.send(new DeleteCommand({ TableName, Key: KEY })),
  "a batch": (db) =>
    db.send(new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } })),
  "a transaction": (db) =>
    db.send(new TransactWriteCommand({ TransactItems: [{ Update: update }] })),
  "a repeated mutation": (db) => db.send(new GetCommand({ TableName, Key: KEY })),
};

/** Names that a write invalidates if its client has a list of scopes, and if answers show the old item or do not. */
async function namesOfWrite(scopes: Scopes, name: string, isOldShown: boolean) {
  const old = { ...KEY, shelf: "old" };
  const answer = () => (isOldShown ? { Attributes: old } : {});
  const { client } = sdkClient({
    PutItem: answer,
    UpdateItem: answer,
    DeleteItem: answer,
    BatchWriteItem: () => ({}),
    TransactWriteItems: () => ({}),
    GetItem: () => ({ Item: old }),
  });
  const names = new Set<Tag>();
  const invalidate = async (tags: readonly Tag[]) => tags.forEach((tag) => names.add(tag));
  const change = <T>(tags: readonly Tag[], write: () => Promise<T>) => invalidate(tags).then(write);
  const dynamodb = recorder(client, { scopes, keys: { [TableName]: Object.keys(KEY) } });
  await dynamodb.mutation({ invalidate, change }, (db) => WRITES[name]?.(db) as Promise<unknown>);
  return names;
}

test.for(
  Object.keys(WRITES).flatMap((name) =>
    ["a put", "an update", "a deletion"].includes(name)
      ? ([
          [name, true],
          [name, false],
        ] as const)
      : ([[name, false]] as const),
  ),
)(
  "%s invalidates every read of the item, whatever lists its writer and the reader have; with the old item: %s",
  async ([name, isOldShown]) => {
    const isOldKnown = isOldShown || name === "a repeated mutation";
    expect((await namesOfWrite([], name, isOldShown)).size).toBe(namesBy([]).size);
    for (const others of LISTS) {
      const names = await namesOfWrite(others, name, isOldShown);
      const missed = LISTS.flatMap((own) =>
        Object.keys(READS)
          .filter((read) => !readBy(own, read).some(({ tag }) => names.has(tag)))
          .map((read) => `${read}: read with ${own.join()}, written with ${others.join()}`),
      );
      // A writer that does not see the old item leaves the item's old place in an index to the stream.
      const isLater = (text: string) => text.startsWith("index:") && others.includes("index");
      expect(missed.filter((text) => isOldKnown || !isLater(text))).toEqual([]);
    }
  },
);

test("the recorder's loads and the stream's function use the lists that they were given", async () => {
  const { client } = sdkClient({ GetItem: () => ({}) });
  const words: string[] = [];
  const reads = {
    before: async (scopes: Parameters<LoadReads["before"]>[0]) => {
      words.push(...(scopes[0] ?? []).map((each) => each.words));
      return { useReserve: () => undefined };
    },
    own: <T>(read: () => T) => read(),
  } as unknown as LoadReads;
  const projected = { TableName, Key: KEY, ProjectionExpression: "shelf" };
  await recorder(client, { scopes: [] }).for(reads).send(new GetCommand(projected));
  expect(words).toEqual(["books: an item by its key", "books: everything"]);
  let names: readonly Tag[] = [];
  const invalidate = async (tags: readonly Tag[]) => void (names = tags);
  await streamHandler({ invalidate }, { scopes: [] })({ Records: [CHANGED] });
  expect(new Set(names)).toEqual(namesBy([]));
});

test.for([
  ["prefix", "books: author = …"],
  ["index", "books: any item"],
  ["attribute", "books: an item by its key"],
  ["attribute of a partition", "books: author = …"],
] as const)(
  "without its scope, a read by %s depends on the next wider place, which all writers name",
  ([name, wider]) => {
    expect(readBy([], name).map(({ words }) => words)).toEqual([wider, "books: everything"]);
  },
);

test("without fine scopes a change has seven names, three of its item and four of the table; each kind of scope adds names", () => {
  expect(namesBy([]).size).toBe(7);
  expect(namesBy(["index"]).size).toBe(8);
  expect(namesBy(KINDS).size).toBe(13);
  // A large item has too many places in indexes for a writer that names them.
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`a${at}`, `${at}`]));
  const NewImage = image({ ...KEY, ...many });
  const large = { ...CHANGED, dynamodb: { ...CHANGED.dynamodb, NewImage } };
  const counts = [["index"], []].map((scopes) => {
    return namesOfRecord(large, fineScopes(scopes as Scopes, "tests")).size;
  });
  expect(counts).toEqual([1, 7]);
});

test("a change of another item leaves reads of an item or a prefix valid if their client has the scopes of the writer", () => {
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
  "scopes %j are refused: a misspelled kind would be taken for one that is left out",
  (scopes) => {
    const cache = new Cache({ store: new MemoryStore() });
    const { client } = sdkClient({});
    expect(() => recorder(client, { scopes: scopes as never })).toThrow("recorder: scopes is");
    expect(() => streamHandler(cache, { scopes: scopes as never })).toThrow(
      "streamHandler: scopes is",
    );
  },
);

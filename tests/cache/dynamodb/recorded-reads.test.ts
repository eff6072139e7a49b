import { type CacheEvent, subscribe } from "@algoitny/cache";
import { recorder } from "@algoitny/cache/dynamodb";
import { ExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { fineScopes } from "../../../packages/cache/src/dynamodb/fine-scopes.ts";
import { namesOfRecord as namesWith } from "../../../packages/cache/src/dynamodb/record-names.ts";
import type { StreamRecord } from "../../../packages/cache/src/dynamodb/stream-handler.ts";
import { fleet } from "../../support/test-cache.ts";
import { get, numbered } from "./item-views.ts";
import { sdkClient } from "./sdk-client.ts";

const namesOfRecord = (record: StreamRecord) => namesWith(record, fineScopes(undefined, "tests"));

/** Names of a change to an attribute of an item. */
const changed = (id: number, attribute: string) =>
  namesOfRecord({
    eventName: "MODIFY",
    eventSourceARN: "arn:aws:dynamodb:eu-west-1:1:table/books/stream/1",
    dynamodb: {
      Keys: { id: { N: `${id}` } },
      OldImage: { id: { N: `${id}` }, [attribute]: { S: "old" } },
      NewImage: { id: { N: `${id}` }, [attribute]: { S: "new" } },
    },
  });

test("a load of a thousand keys takes ten requests, each entry has its own tags, and an absent item is cached too", async () => {
  const { client, operations } = sdkClient({
    BatchGetItem: ({ RequestItems: { books } }) => ({
      Responses: {
        books: books.Keys.toReversed().filter(({ id }: { id: number }) => id % 10 !== 9),
      },
    }),
  });
  const dynamodb = recorder(client);
  const { cache } = fleet();
  const book = numbered(dynamodb, async (reads, id) => (await reads.send(get(id))).Item ?? null);
  const ids = Array.from({ length: 1_000 }, (_, id) => id);
  const found = await cache.getMany(book, ids);
  expect(found).toEqual(ids.map((id) => (id % 10 === 9 ? null : { id })));
  expect(operations()).toEqual(Array.from({ length: 10 }, () => "BatchGetItem"));
  const entry = await cache.getEntry(book, 7);
  expect([entry.status, entry.tags.filter((tag) => tag.startsWith("d:"))]).toEqual([
    "hit",
    [expect.any(String), expect.any(String)],
  ]);
  await cache.invalidate(...changed(7, "title"), ...changed(9, "title"));
  const left = await Promise.all([6, 7, 8, 9].map((id) => cache.peek(book, id)));
  expect(left.map((each) => each !== undefined)).toEqual([true, false, true, false]);
});

test("joined reads each return the attributes that they requested: a key that was added for the join is removed again", async () => {
  const { client, sent } = sdkClient({
    BatchGetItem: ({ RequestItems: { books } }) => ({
      Responses: { books: books.Keys.map(({ id }: { id: number }) => ({ id, title: `t${id}` })) },
      UnprocessedKeys: { books: { Keys: [{ id: 3 }] } },
    }),
  });
  const { cache } = fleet();
  const projected = (id: number) =>
    new GetCommand({ TableName: "books", Key: { id }, ProjectionExpression: "title" });
  const title = numbered(
    recorder(client),
    async (reads, id) => (await reads.send(projected(id))).Item,
  );
  expect(await cache.getMany(title, [1, 2, 1])).toEqual(
    [1, 2, 1].map((id) => ({ title: `t${id}` })),
  );
  expect(sent).toMatchObject([
    { input: { RequestItems: { books: { Keys: [{ id: 1 }, { id: 2 }], ConsistentRead: true } } } },
  ]);
});

test("keys that a batch leaves unprocessed are requested one by one", async () => {
  const { client, operations } = sdkClient({
    BatchGetItem: () => ({ Responses: {}, UnprocessedKeys: { books: {} } }),
    GetItem: ({ Key }) => ({ Item: Key }),
  });
  const { cache } = fleet();
  const book = numbered(recorder(client), async (reads, id) => (await reads.send(get(id))).Item);
  expect(await cache.getMany(book, [1, 2])).toEqual([{ id: 1 }, { id: 2 }]);
  expect(operations()).toEqual(["BatchGetItem", "GetItem", "GetItem"]);
});

test("only changes of its attributes, and the item's creation or deletion, invalidate a projected read", async () => {
  const { client } = sdkClient({ GetItem: () => ({ Item: { title: "Emma" } }) });
  const { cache } = fleet();
  const command = new GetCommand({
    TableName: "arn:aws:dynamodb:eu-west-1:1:table/books",
    Key: { id: 1 },
    ProjectionExpression: "#t.short",
    ExpressionAttributeNames: { "#t": "title" },
  });
  const title = numbered(recorder(client), async (reads) => (await reads.send(command)).Item);
  await cache.get(title, 1);
  await cache.invalidate(...changed(1, "sold"));
  expect(await cache.peek(title, 1)).toBeDefined();
  await cache.invalidate(...changed(1, "title"));
  expect(await cache.peek(title, 1)).toBeUndefined();
});

test.for([
  [{ LastEvaluatedKey: { id: 1 }, ScannedCount: 1 }, undefined, false],
  [{ LastEvaluatedKey: { id: 1 }, ScannedCount: 1 }, 1, true],
  [{ ScannedCount: 1 }, undefined, true],
] as const)(
  "a projected page %o with the limit %s stays valid when another attribute changes: %s",
  async ([answer, Limit, stays]) => {
    const { client } = sdkClient({ Query: () => ({ Items: [{ title: "Emma" }], ...answer }) });
    const { cache } = fleet();
    const query = new QueryCommand({
      TableName: "books",
      KeyConditionExpression: "id = :id",
      ExpressionAttributeValues: { ":id": 1 },
      ProjectionExpression: "title",
      Limit,
    });
    const titles = numbered(recorder(client), async (reads) => reads.send(query));
    const loaded = await cache.get(titles, 1);
    // The counts are left out: they depend on more than the items.
    expect(loaded).not.toHaveProperty("ScannedCount");
    expect(await cache.peek(titles, 1)).toBeDefined();
    await cache.invalidate(...changed(1, "review"));
    expect((await cache.peek(titles, 1)) !== undefined).toBe(stays);
  },
);

test("a value read by PartiQL or by an unknown operation is not stored: no name covers it", async () => {
  const { client } = sdkClient({ ExecuteStatement: () => ({ Items: [] }) });
  const { cache } = fleet();
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  const statement = new ExecuteStatementCommand({ Statement: "SELECT * FROM books" });
  const all = numbered(recorder(client), async (reads) => (await reads.send(statement)).Items);
  const entry = await cache.getEntry(all, 1);
  stop();
  expect([await entry.value(), entry.stored]).toEqual([[], false]);
  expect(events).toContainEqual(
    expect.objectContaining({ why: "unknown-command", what: "ExecuteStatement" }),
  );
});

test.for([
  new PutCommand({ TableName: "books", Item: { id: 1 } }),
  new ExecuteStatementCommand({ Statement: "DELETE FROM books WHERE id = 1" }),
])("a load that writes fails before the write is sent", async (command) => {
  const { client, sent } = sdkClient({ PutItem: () => ({}), ExecuteStatement: () => ({}) });
  const { cache } = fleet();
  const writes = numbered(recorder(client), (reads) => reads.send(command as PutCommand));
  await expect(cache.get(writes, 1)).rejects.toThrow("a load only reads");
  expect(sent).toEqual([]);
});

test("an entry expires with the first of its items that DynamoDB's time to live will delete", async () => {
  const soon = Math.floor(Date.now() / 1_000) + 60;
  const { client } = sdkClient({ GetItem: () => ({ Item: { expires: soon } }) });
  const { cache, clock } = fleet();
  await clock.advance(Date.now() - clock.now());
  const dynamodb = recorder(client, { ttlAttribute: "expires" });
  const book = numbered(dynamodb, async (reads) => (await reads.send(get(1))).Item);
  await cache.get(book, 1);
  expect(await cache.peek(book, 1)).toBeDefined();
  await clock.advance(61_000);
  expect(await cache.peek(book, 1)).toBeUndefined();
});

test("a value from a lagging index after a change is served for one second only", async () => {
  const { cache, clock } = fleet();
  let [now, shown] = ["old", "old"];
  const { client } = sdkClient({ Query: () => ({ Items: [{ title: shown }] }) });
  const query = new QueryCommand({
    TableName: "books",
    IndexName: "byShelf",
    KeyConditionExpression: "shelf = :s",
    ExpressionAttributeValues: { ":s": "a" },
  });
  const shelf = numbered(
    recorder(client),
    async (reads) => (await reads.send(query)).Items?.[0]?.["title"],
  );
  await clock.advance(10_000);
  await cache.get(shelf, 1);
  await clock.advance(6_000);
  await cache.get(shelf, 1);
  now = "new";
  await cache.invalidate(
    ...namesOfRecord({
      eventName: "INSERT",
      eventSourceARN: "arn:aws:dynamodb:eu-west-1:1:table/books/stream/1",
      dynamodb: { Keys: { id: { N: "2" } }, NewImage: { id: { N: "2" }, shelf: { S: "a" } } },
    }),
  );
  // The index lags by three seconds.
  for (let second = 0; second < 3; second++) {
    expect(await cache.get(shelf, 1)).toBe("old");
    await clock.advance(1_000);
  }
  shown = now;
  await clock.advance(1);
  expect(await cache.get(shelf, 1)).toBe("new");
});

test("callbacks are refused, because their reads would not be recorded", async () => {
  const { client } = sdkClient({ GetItem: () => ({}) });
  const { cache } = fleet();
  const book = numbered(recorder(client), async (reads) => {
    await (reads.send as (...args: unknown[]) => Promise<unknown>)(get(1), () => undefined);
  });
  await expect(cache.get(book, 1)).rejects.toThrow("callbacks are not recorded");
});

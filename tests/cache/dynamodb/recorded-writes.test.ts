import { type CacheEvent, defineResource, subscribe } from "@algoitny/cache";
import { recorder, type RecorderOptions, streamHandler } from "@algoitny/cache/dynamodb";
import { ExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { holdStore } from "../../support/held-store.ts";
import { fleet } from "../../support/test-cache.ts";
import { sdkClient } from "./sdk-client.ts";

const TableName = "books";
const Key = { id: 1 };

/** A table, and views of it: an item, its title, a partition of an index, and another item. */
function setup(options: RecorderOptions = {}, answers: Parameters<typeof sdkClient>[0] = {}) {
  let down = false;
  const parts = fleet({
    wrap: (store) => ({
      ...holdStore(store).store,
      delete: (keys) => (down ? Promise.reject(new Error("down")) : store.delete(keys)),
      begin: (request) => (down ? Promise.reject(new Error("down")) : store.begin(request)),
    }),
  });
  const { cache } = parts;
  const sdk = sdkClient({
    GetItem: () => ({ Item: { id: 1, title: "Emma", shelf: "a" } }),
    Query: () => ({ Items: [] }),
    PutItem: () => ({}),
    UpdateItem: () => ({}),
    DeleteItem: () => ({}),
    TransactWriteItems: () => ({}),
    ExecuteStatement: () => ({}),
    DescribeTable: () => ({ Table: { KeySchema: [{ AttributeName: "id" }] } }),
    ...answers,
  });
  const dynamodb = recorder(sdk.client, options);
  const query = (input: object) => new QueryCommand({ TableName, ...input });
  const commands = {
    whole: new GetCommand({ TableName, Key }),
    title: new GetCommand({ TableName, Key, ProjectionExpression: "title" }),
    shelf: query({
      IndexName: "byShelf",
      KeyConditionExpression: "shelf = :s",
      ExpressionAttributeValues: { ":s": "a" },
    }),
    other: new GetCommand({ TableName, Key: { id: 2 } }),
  };
  const view = defineResource({
    name: "view",
    tags: "reads",
    ttl: "1 hour",
    load: async (name: keyof typeof commands, _: void, { reads }) => {
      await dynamodb.for(reads).send(commands[name] as GetCommand);
      return name;
    },
  });
  const names = Object.keys(commands) as (keyof typeof commands)[];
  /** Names of the views that a write invalidates. */
  const emptiedBy = async (write: () => Promise<unknown>) => {
    for (const name of names) await cache.get(view, name);
    const error: unknown = await write().then(
      () => undefined,
      (failure: unknown) => failure,
    );
    const left = await Promise.all(names.map((name) => cache.peek(view, name)));
    return { emptied: names.filter((_, at) => left[at] === undefined), error };
  };
  const setDown = (is: boolean) => (down = is);
  return { ...parts, ...sdk, dynamodb, db: dynamodb.writing(cache), emptiedBy, setDown };
}

const OLD = { id: 1, title: "Emma", shelf: "a" };
const put = (Item: object) => new PutCommand({ TableName, Item: { ...Key, ...Item } });

test("a Put invalidates reads of what differs from the old item, and of the item's old places in indexes", async () => {
  const { db, emptiedBy, sent } = setup({}, { PutItem: () => ({ Attributes: OLD }) });
  const { emptied } = await emptiedBy(async () => {
    const answer = await db.send(put({ title: "Emma", shelf: "b" }));
    // The caller did not request the old item.
    expect(answer.Attributes).toBeUndefined();
  });
  expect(emptied).toEqual(["whole", "shelf"]);
  expect(sent.at(-1)).toMatchObject({ input: { ReturnValues: "ALL_OLD" } });
});

test("a guarded write also invalidates what only its answer names: the old item's places in indexes", async () => {
  const { dynamodb, cache, emptiedBy } = setup({}, { PutItem: () => ({ Attributes: OLD }) });
  const guarded = dynamodb.writing(cache, { guarded: true });
  const { emptied } = await emptiedBy(() => guarded.send(put({ title: "Emma", shelf: "b" })));
  expect(emptied).toContain("shelf");
});

test("the old item in an answer is not used after the SDK has repeated the request", async () => {
  // The first attempt was executed; the second one finds its result, and another writer's.
  const after = { ...OLD, title: "Persuasion", sold: 1 };
  const { db, emptiedBy } = setup(
    {},
    { PutItem: () => ({ $metadata: { attempts: 2 }, Attributes: after }) },
  );
  const { emptied } = await emptiedBy(() => db.send(put({ title: "Persuasion", shelf: "a" })));
  expect(emptied).toEqual(["whole", "title", "shelf"]);
});

test.for([
  ["an answer of keys alone", { Attributes: { id: 1 } }],
  ["no old item", {}],
])("an update with %s may have created the item", async ([, answer]) => {
  const { db, emptiedBy } = setup({}, { UpdateItem: () => answer });
  const update = new UpdateCommand({ TableName, Key, UpdateExpression: "ADD sold :n" });
  expect((await emptiedBy(() => db.send(update))).emptied).toEqual(["whole", "title"]);
});

test.for([
  ["attribute_exists(id)", ["whole"]],
  ["attribute_exists(#i) AND sold < :n", ["whole"]],
  ["attribute_exists(id) OR sold < :n", ["whole", "title"]],
  ["attribute_exists(sold)", ["whole", "title"]],
])("an update that requires %s invalidates %s", async ([ConditionExpression, wanted]) => {
  const { db, emptiedBy } = setup({}, {});
  const update = new UpdateCommand({
    TableName,
    Key,
    UpdateExpression: "ADD sold :n",
    ConditionExpression: ConditionExpression as string,
    ExpressionAttributeNames: { "#i": "id" },
    ReturnValues: "UPDATED_NEW",
  });
  expect((await emptiedBy(() => db.send(update))).emptied).toEqual(wanted);
});

test("a Put without a change invalidates everything of its item: it may repeat one whose invalidation failed", async () => {
  const { db, emptiedBy } = setup({}, { PutItem: () => ({ Attributes: OLD }) });
  expect((await emptiedBy(() => db.send(put(OLD)))).emptied).toEqual(["whole", "title", "shelf"]);
});

test("a failed write may have been executed: it invalidates what its request names", async () => {
  const { db, emptiedBy } = setup(
    {},
    {
      DeleteItem: () => {
        throw new Error("timeout");
      },
    },
  );
  const { emptied, error } = await emptiedBy(() => db.send(new DeleteCommand({ TableName, Key })));
  expect(emptied).toEqual(["whole", "title"]);
  expect(error).toMatchObject({ message: "timeout" });
});

test("a transaction invalidates what its requests name", async () => {
  const { db, emptiedBy } = setup();
  const transaction = new TransactWriteCommand({
    TransactItems: [
      { Put: { TableName, Item: { id: 2, shelf: "a" } } },
      { Delete: { TableName, Key } },
      {
        ConditionCheck: { TableName, Key: { id: 3 }, ConditionExpression: "attribute_exists(id)" },
      },
    ],
  });
  expect((await emptiedBy(() => db.send(transaction))).emptied).toEqual([
    "whole",
    "title",
    "shelf",
    "other",
  ]);
});

test("a Put requests the table's key attributes once; where they stay unknown, it invalidates all reads of the table", async () => {
  const known = setup({ keys: {} });
  const other = { TableName, Item: { id: 3 } };
  // No request has shown the table's key yet.
  const { db, operations } = known;
  await db.send(new PutCommand(other));
  await db.send(new PutCommand(other));
  expect(operations()).toEqual(["DescribeTable", "PutItem", "PutItem"]);

  const denied = setup(
    {},
    {
      DescribeTable: () => {
        throw new Error("AccessDenied");
      },
      GetItem: () => ({}),
    },
  );
  const elsewhere = recorder(denied.client).writing(denied.cache);
  const { emptied } = await denied.emptiedBy(() => elsewhere.send(new PutCommand(other)));
  expect(emptied).toEqual(["whole", "title", "shelf", "other"]);
});

test("while the store is down a write succeeds, but a guarded one is refused before it is sent", async () => {
  const { db, dynamodb, cache, emptiedBy, setDown, operations } = setup();
  setDown(true);
  const { error } = await emptiedBy(() => db.send(put({})));
  expect(error).toBeUndefined();
  const guarded = dynamodb.writing(cache, { guarded: true });
  const before = operations().length;
  await expect(guarded.send(put({}))).rejects.toThrow("invalidation_failed");
  expect(operations()).toHaveLength(before);
  setDown(false);
  const again = await emptiedBy(() => guarded.send(put({})));
  expect(again.emptied).toEqual(["whole", "title"]);
});

test("a mutation invalidates once, at its end, also when it fails", async () => {
  const { dynamodb, cache, emptiedBy } = setup();
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  const { emptied, error } = await emptiedBy(() =>
    dynamodb.mutation(cache, async (db) => {
      await db.send(put({}));
      await db.send(new DeleteCommand({ TableName, Key: { id: 2 } }));
      throw new Error("half way");
    }),
  );
  stop();
  expect([emptied, (error as Error).message]).toEqual([["whole", "title", "other"], "half way"]);
  expect(events.filter(({ type }) => type === "invalidated")).toHaveLength(1);
});

test("a mutation without writes invalidates what it read; one with writes does not", async () => {
  const { dynamodb, cache, emptiedBy } = setup();
  const read = () => new GetCommand({ TableName, Key });
  const idle = await emptiedBy(() => dynamodb.mutation(cache, (db) => db.send(read())));
  expect(idle.emptied).toEqual(["whole", "title", "shelf"]);
  const busy = await emptiedBy(() =>
    dynamodb.mutation(cache, async (db) => {
      await db.send(read());
      await db.send(new DeleteCommand({ TableName, Key: { id: 2 } }));
    }),
  );
  expect(busy.emptied).toEqual(["other"]);
});

test("a mutation without writes invalidates an item that it has not found: an earlier attempt may have deleted it", async () => {
  const { dynamodb, cache, emptiedBy } = setup({}, { GetItem: () => ({}) });
  const read = new GetCommand({ TableName, Key });
  const { emptied } = await emptiedBy(() => dynamodb.mutation(cache, (db) => db.send(read)));
  expect(emptied).toEqual(["whole", "title"]);
});

test("a write by PartiQL causes an event: only the stream invalidates for it", async () => {
  const { db } = setup();
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  await db.send(new ExecuteStatementCommand({ Statement: "UPDATE books SET a = 1 WHERE id = 1" }));
  stop();
  expect(events).toContainEqual({ type: "unseen-write", operation: "ExecuteStatement" });
});

test("a batch of the stream is one invalidation, and Lambda sends it again when the store refuses it", async () => {
  const { cache, setDown, emptiedBy } = setup();
  const handler = streamHandler(cache);
  const record = (id: number) => ({
    eventName: "REMOVE",
    eventSourceARN: `arn:aws:dynamodb:eu-west-1:1:table/${TableName}/stream/1`,
    dynamodb: { Keys: { id: { N: `${id}` } }, OldImage: { id: { N: `${id}` } } },
  });
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  const { emptied } = await emptiedBy(() => handler({ Records: [record(1), record(2)] }));
  stop();
  expect(emptied).toEqual(["whole", "title", "other"]);
  expect(events.filter(({ type }) => type === "invalidated")).toHaveLength(1);
  setDown(true);
  await expect(handler({ Records: [record(1)] })).rejects.toThrow("invalidation_failed");
});

test("a table's tag invalidates everything that was read from it", async () => {
  const { dynamodb, cache, emptiedBy } = setup();
  const { emptied } = await emptiedBy(() => cache.invalidate(dynamodb.table(TableName)));
  expect(emptied).toEqual(["whole", "title", "shelf", "other"]);
});

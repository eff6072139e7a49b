import { recorder, streamHandler } from "@algoitny/cache/dynamodb";
import {
  BatchWriteCommand,
  DynamoDBDocument,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";
import { get, numbered, openBooks, TableName } from "./item-views.ts";

const record = (id: number, attributes: readonly string[] = []) => ({
  eventName: "MODIFY",
  eventSourceARN: `arn:aws:dynamodb:eu-west-1:1:table/${TableName}/stream/1`,
  dynamodb: {
    Keys: { id: { N: `${id}` } },
    OldImage: { id: { N: `${id}` } },
    NewImage: {
      id: { N: `${id}` },
      ...Object.fromEntries(attributes.map((name) => [name, { S: `${name}${id}` }])),
    },
  },
});

test("an aborted write may still be executed: it invalidates, although it fails", async () => {
  const { db, cache, book, kept } = openBooks({
    GetItem: () => ({}),
    DescribeTable: () => ({ Table: { KeySchema: [{ AttributeName: "id" }] } }),
    PutItem: () => {
      throw Object.assign(new Error("Request aborted"), { name: "AbortError" });
    },
  });
  await cache.get(book, 1);
  const { signal } = new AbortController();
  const put = new PutCommand({ TableName, Item: { id: 1 } });
  await expect(db.send(put, { abortSignal: signal })).rejects.toThrow("Request aborted");
  expect(await kept(1)).toEqual([false]);
});

test("an update with AttributeUpdates invalidates projected reads of the attributes that it names, and no others", async () => {
  const { dynamodb, cache, db } = openBooks({
    GetItem: () => ({ Item: { title: "Emma", sold: 1 } }),
    UpdateItem: () => ({ Attributes: { id: 1, title: "Emma", sold: 1 } }),
  });
  const shown = ["title", "sold"];
  const view = numbered(dynamodb, (client, index) =>
    client.send(get(1, { ProjectionExpression: shown[index] })),
  );
  for (const index of shown.keys()) await cache.get(view, index);
  const AttributeUpdates = { title: { Action: "PUT", Value: "Persuasion" } } as const;
  await db.send(new UpdateCommand({ TableName, Key: { id: 1 }, AttributeUpdates }));
  const left = await Promise.all(shown.map((_, index) => cache.peek(view, index)));
  expect(shown.filter((_, index) => left[index] !== undefined)).toEqual(["sold"]);
});

test("a batch with unprocessed items invalidates at each try, also the items that a later try writes", async () => {
  const requests = (id: number) => [{ PutRequest: { Item: { id } } }];
  const { db, cache, book, kept } = openBooks({
    GetItem: () => ({}),
    BatchWriteItem: ({ RequestItems: { books } }) => ({
      UnprocessedItems: books.length > 1 ? { books: books.slice(1) } : {},
    }),
    DescribeTable: () => ({ Table: { KeySchema: [{ AttributeName: "id" }] } }),
  });
  const both = { [TableName]: [...requests(1), ...requests(2)] };
  for (const id of [1, 2]) await cache.get(book, id);
  const { UnprocessedItems } = await db.send(new BatchWriteCommand({ RequestItems: both }));
  expect(await kept(1, 2)).toEqual([false, false]);
  for (const id of [1, 2]) await cache.get(book, id);
  await db.send(new BatchWriteCommand({ RequestItems: UnprocessedItems }));
  expect(await kept(1, 2)).toEqual([true, false]);
});

test("key attributes are learned from requests that DynamoDB has accepted, not from refused ones", async () => {
  const { db, cache, book, kept } = openBooks({
    GetItem: ({ Key }) => {
      if ("isbn" in Key) throw new Error("The provided key element does not match the schema");
      return {};
    },
    PutItem: () => ({}),
  });
  const wrong = new GetCommand({ TableName, Key: { id: 1, isbn: "7" } });
  await expect(db.send(wrong)).rejects.toThrow("does not match");
  await cache.get(book, 1);
  await db.send(new PutCommand({ TableName, Item: { id: 1, isbn: "7" } }));
  expect(await kept(1)).toEqual([false]);
});

test("an undefined attribute of a request's key is not taken for a key attribute of the table", async () => {
  const { db, cache, book, kept } = openBooks({ GetItem: () => ({}), PutItem: () => ({}) });
  await db.send(new GetCommand({ TableName, Key: { id: 1, isbn: undefined } }));
  for (const id of [1, 2]) await cache.get(book, id);
  await db.send(new PutCommand({ TableName, Item: { id: 1, isbn: "7" } }));
  expect(await kept(1, 2)).toEqual([false, true]);
});

test("the middleware of a command runs when the command is recorded, in reads and in writes", async () => {
  const seen = new Set<string>();
  const http = {
    handle: async () => {
      throw new Error("no network");
    },
    destroy: () => undefined,
  };
  const client = DynamoDBDocument.from(
    new DynamoDBClient({
      region: "eu-west-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      maxAttempts: 1,
      requestHandler: http,
    }),
  );
  const dynamodb = recorder(client);
  const { cache } = fleet();
  const noting = <Kind extends object>(
    command: Kind & { middlewareStack: { add: unknown } },
    name: string,
  ): Kind => {
    const note = (next: (args: unknown) => unknown) => (args: unknown) => {
      seen.add(name);
      return next(args);
    };
    (command.middlewareStack.add as (...args: unknown[]) => void)(note, { step: "build" });
    return command;
  };
  const book = numbered(dynamodb, (reads) => reads.send(noting(get(1), "read")));
  await expect(cache.get(book, 1)).rejects.toThrow("no network");
  const update = noting(new UpdateCommand({ TableName, Key: { id: 1 } }), "write");
  await expect(dynamodb.writing(cache).send(update)).rejects.toThrow("no network");
  expect([...seen]).toEqual(["read", "write"]);
});

test("a batch of the stream is invalidated although it has more names than a function call can take arguments", async () => {
  const { cache, book, kept } = openBooks({ GetItem: () => ({}) });
  await cache.get(book, 269);
  const attributes = Array.from({ length: 120 }, (_, index) => `attribute${index}`);
  const Records = Array.from({ length: 1_100 }, (_, id) => record(id, attributes));
  await expect(streamHandler(cache)({ Records })).resolves.toBeUndefined();
  expect(await kept(269)).toEqual([false]);
});

test("the check does not overwrite an item that has the key of its probe", async () => {
  const { dynamodb, cache, operations } = openBooks({
    DescribeTable: () => ({
      Table: {
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
        KeySchema: [{ AttributeName: "id" }],
        StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
      },
    }),
    GetItem: () => ({}),
    PutItem: ({ ConditionExpression, ExpressionAttributeNames }) => {
      if (ConditionExpression === "attribute_not_exists(#key)" && ExpressionAttributeNames["#key"])
        throw new Error("The conditional request failed");
    },
    DeleteItem: () => ({}),
  });
  await expect(dynamodb.check(cache, { tables: [TableName] })).rejects.toThrow("conditional");
  expect(operations()).not.toContain("DeleteItem");
});

import { defineResource } from "@algoitny/cache";
import { recorder, streamHandler } from "@algoitny/cache/dynamodb";
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBDocument, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import { expect, test, vi } from "vitest";
import { fleet } from "../../support/test-cache.ts";
import { get, numbered, openBooks, TableName } from "./item-views.ts";
import { sdkClient } from "./sdk-client.ts";

test("gets by DynamoDBDocument's methods are joined, as sent commands are", async () => {
  const document = DynamoDBDocument.from(new DynamoDBClient({ region: "eu-west-1" }));
  const { client, operations } = sdkClient({ BatchGetItem: () => ({ Responses: { books: [] } }) });
  document.send = client.send.bind(client);
  const dynamodb = recorder(document);
  const { cache } = fleet();
  const book = defineResource({
    name: "book",
    tags: "reads",
    ttl: "1 hour",
    load: async (id: number, _: void, { reads }) =>
      (await dynamodb.for(reads).get({ TableName, Key: { id } })).Item ?? null,
  });
  expect(await cache.getMany(book, [1, 2, 3])).toEqual([null, null, null]);
  expect(operations()).toEqual(["BatchGetItem"]);
});

test('a load whose resource lacks tags: "reads" fails instead of filling an entry that no write invalidates', async () => {
  const { client, operations } = sdkClient({ GetItem: ({ Key }) => ({ Item: Key }) });
  const dynamodb = recorder(client);
  const { cache } = fleet();
  const book = defineResource({
    name: "book",
    ttl: "1 hour",
    load: async (id: number, _: void, { reads }) => (await dynamodb.for(reads).send(get(id))).Item,
  });
  const message = 'for: this load is not recorded: give its resource tags: "reads", or read with';
  for (const env of ["test", "production"]) {
    vi.stubEnv("NODE_ENV", env);
    await expect(cache.get(book, 7)).rejects.toThrow(message);
  }
  vi.unstubAllEnvs();
  expect(operations()).toEqual([]);
});

test("records of the Streams API invalidate once they carry the ARN of their stream", async () => {
  const { client } = sdkClient({ GetItem: ({ Key }) => ({ Item: Key }) });
  const { cache } = fleet();
  const book = numbered(
    recorder(client),
    async (reads, id) => (await reads.send(get(id))).Item ?? null,
  );
  await cache.get(book, 7);
  const Keys = { id: { N: "7" } };
  const Records: _Record[] = [
    { eventName: "REMOVE", dynamodb: { Keys, OldImage: { ...Keys, title: { S: "Emma" } } } },
  ];
  const handler = streamHandler(cache);
  await expect(handler({ Records })).rejects.toThrow("its eventSourceARN must be the ARN of the");
  expect(await cache.peek(book, 7)).toBeDefined();
  const eventSourceARN = `arn:aws:dynamodb:eu-west-1:1:table/${TableName}/stream/1`;
  await handler({ Records: Records.map((record) => ({ ...record, eventSourceARN })) });
  expect(await cache.peek(book, 7)).toBeUndefined();
});

test.for([
  ["a client that shows numbers as its own objects", {}, (id: number) => ({ id: { big: id } })],
  ["the legacy AttributesToGet", { AttributesToGet: ["title"] }, () => ({ title: "Emma" })],
] as const)(
  "a joined item whose key the answer lacks is requested again alone, not treated as absent: %s",
  async ([, more, shown]) => {
    const { client, operations } = sdkClient({
      BatchGetItem: ({ RequestItems: { books } }) => ({
        Responses: { books: books.Keys.map(({ id }: { id: number }) => shown(id)) },
      }),
      GetItem: ({ Key }) => ({ Item: shown(Key.id) }),
    });
    const { cache } = fleet();
    const book = numbered(
      recorder(client),
      async (reads, id) => (await reads.send(get(id, more))).Item,
    );
    expect(await cache.getMany(book, [1, 2])).toEqual([shown(1), shown(2)]);
    expect(operations()).toEqual(["BatchGetItem", "GetItem", "GetItem"]);
  },
);

test("loads that read the same item in one request may each change what they got", async () => {
  const Item = () => ({ id: 1, kinds: new Set(["a"]), tags: ["a"], meta: { title: "Emma" } });
  const { client, operations } = sdkClient({
    BatchGetItem: () => ({ Responses: { books: [Item()] } }),
  });
  const { cache } = fleet();
  const book = numbered(recorder(client), async (reads, id) => {
    const got = (await reads.send(get(1))).Item as ReturnType<typeof Item>;
    got.kinds.add(`${id}`);
    got.tags.push(`${id}`);
    got.meta.title += id;
    return [...got.kinds, ...got.tags, got.meta.title];
  });
  const wanted = (id: number) => ["a", `${id}`, "a", `${id}`, `Emma${id}`];
  expect(await cache.getMany(book, [1, 2])).toEqual([wanted(1), wanted(2)]);
  expect(operations()).toEqual(["BatchGetItem"]);
});

test("gets from a table that is given by its ARN are joined too", async () => {
  const arn = "arn:aws:dynamodb:eu-west-1:1:table/books";
  const { client } = sdkClient({
    BatchGetItem: ({ RequestItems }) => ({ Responses: { books: RequestItems[arn].Keys } }),
  });
  const { cache } = fleet();
  const byArn = (id: number) => new GetCommand({ TableName: arn, Key: { id } });
  const book = numbered(recorder(client), async (reads, id) => (await reads.send(byArn(id))).Item);
  expect(await cache.getMany(book, [1, 2])).toEqual([{ id: 1 }, { id: 2 }]);
});

test.for([{}, undefined, { id: undefined }, { id: new Blob(["7"]) }])(
  "a get with the key %o, from which no name can be made, has its own request and answer",
  { timeout: 3_000 },
  async (Key) => {
    const refuse = () => {
      throw new Error("the key is invalid");
    };
    const { dynamodb, cache, operations } = openBooks({ GetItem: refuse, BatchGetItem: refuse });
    const odd = numbered(dynamodb, (client) =>
      client.send(new GetCommand({ TableName, Key: Key as never })),
    );
    const answers = await cache.getMany(odd, [1, 2]);
    expect(answers.map(String)).toEqual(["Error: the key is invalid", "Error: the key is invalid"]);
    expect(operations()).toEqual(["GetItem", "GetItem"]);
  },
);

test("a read with an abort signal is sent separately", async () => {
  const { client, operations } = sdkClient({ GetItem: ({ Key }) => ({ Item: Key }) });
  const options: unknown[] = [];
  const send = client.send.bind(client) as (...sent: unknown[]) => Promise<unknown>;
  client.send = ((command: unknown, ...rest: unknown[]) => {
    options.push(...rest);
    return send(command);
  }) as typeof client.send;
  const { cache } = fleet();
  const { signal } = new AbortController();
  const book = numbered(
    recorder(client),
    async (reads, id) => (await reads.send(get(id), { abortSignal: signal })).Item,
  );
  expect(await cache.getMany(book, [1, 2])).toEqual([{ id: 1 }, { id: 2 }]);
  expect(operations()).toEqual(["GetItem", "GetItem"]);
  expect(options).toEqual([{ abortSignal: signal }, { abortSignal: signal }]);
});

test("a load may read one page after the other", async () => {
  const { dynamodb, cache } = openBooks({
    Query: ({ ExclusiveStartKey: from }) => ({
      Items: [{ n: from?.n ?? 0 }],
      ...((from?.n ?? 0) < 2 && { LastEvaluatedKey: { n: (from?.n ?? 0) + 1 } }),
    }),
  });
  const pages = numbered(dynamodb, async (client) => {
    const found: unknown[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const query = new QueryCommand({
        TableName,
        KeyConditionExpression: "id = :id",
        ExpressionAttributeValues: { ":id": 1 },
        ExclusiveStartKey: from,
        Limit: 1,
      });
      const page = await client.send(query);
      found.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
      await pause(0);
    } while (from);
    return found;
  });
  expect(await cache.get(pages, 1)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  await streamHandler(cache)({
    Records: [
      {
        eventName: "REMOVE",
        eventSourceARN: `arn:aws:dynamodb:eu-west-1:1:table/${TableName}/stream/1`,
        dynamodb: { Keys: { id: { N: "1" } }, OldImage: { id: { N: "1" } } },
      },
    ],
  });
  expect(await cache.peek(pages, 1)).toBeUndefined();
});

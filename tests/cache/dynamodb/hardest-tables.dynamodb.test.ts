import { streamHandler } from "@algoitny/cache/dynamodb";
import { seededRandom } from "@algoitny/cache/testing/explore";
import {
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { beforeAll, expect, test, vi } from "vitest";
import { numberText } from "../../../packages/cache/src/dynamodb/key-value.ts";
import { sharedEndpoint } from "../../support/shared-engine.ts";
import { recordedTable } from "./recorded-table.ts";

// An engine may take longer to start than the time limit of a test.
beforeAll(async () => void (await sharedEndpoint()));

/** Books with two indexes: by shelf, and by prize, a sparse one. */
const BOOKS = {
  types: { id: "N", shelf: "S", prize: "S", year: "N" },
  key: ["id"],
  global: { byShelf: ["shelf"], byPrize: ["prize", "year"] },
} as const;

test("a query of an index shows an item that moves between its partitions, enters a sparse index or leaves it", async () => {
  await using table = await recordedTable(BOOKS);
  const { client, cache, name: TableName, drain } = table;
  const of = (IndexName: string, attribute: string) => (value: string) =>
    new QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: "#a = :v",
      ExpressionAttributeNames: { "#a": attribute },
      ExpressionAttributeValues: { ":v": value },
    });
  const shelf = table.view<string>(
    async (db, name) => (await db.send(of("byShelf", "shelf")(name))).Items,
    "shelf",
  );
  const prize = table.view<string>(
    async (db, name) => (await db.send(of("byPrize", "prize")(name))).Items,
    "prize",
  );
  const shown = async () => ({
    a: JSON.parse(await cache.get(shelf, "a")).length as number,
    b: JSON.parse(await cache.get(shelf, "b")).length as number,
    booker: JSON.parse(await cache.get(prize, "booker")).length as number,
  });
  const update = (UpdateExpression: string, values?: Record<string, unknown>) =>
    client.send(
      new UpdateCommand({
        TableName,
        Key: { id: 1 },
        UpdateExpression,
        ...(UpdateExpression.includes("#y") && { ExpressionAttributeNames: { "#y": "year" } }),
        ExpressionAttributeValues: values,
      }),
    );
  const steps: [() => Promise<unknown>, Awaited<ReturnType<typeof shown>>][] = [
    [
      () => client.send(new PutCommand({ TableName, Item: { id: 1, shelf: "a" } })),
      { a: 1, b: 0, booker: 0 },
    ],
    [() => update("SET shelf = :b", { ":b": "b" }), { a: 0, b: 1, booker: 0 }],
    // An index contains only items that have all attributes of its key.
    [() => update("SET prize = :p", { ":p": "booker" }), { a: 0, b: 1, booker: 0 }],
    [() => update("SET #y = :y", { ":y": 1_999 }), { a: 0, b: 1, booker: 1 }],
    [() => update("REMOVE #y"), { a: 0, b: 1, booker: 0 }],
    [() => update("SET #y = :y REMOVE shelf", { ":y": 2_001 }), { a: 0, b: 0, booker: 1 }],
    [
      () => client.send(new DeleteCommand({ TableName, Key: { id: 1 } })),
      { a: 0, b: 0, booker: 0 },
    ],
  ];
  await shown();
  for (const [write, wanted] of steps) {
    await write();
    await drain();
    expect(await shown()).toEqual(wanted);
  }
});

test("a projected page is loaded again when another attribute's size moves the end of the page", async () => {
  await using table = await recordedTable({ types: { pk: "S", sk: "N" }, key: ["pk", "sk"] });
  const { db, cache, name: TableName } = table;
  const put = (sk: number, kilobytes: number) =>
    db.send(
      new PutCommand({
        TableName,
        Item: { pk: "p", sk, title: `t${sk}`, pad: "x".repeat(kilobytes * 1_000) },
      }),
    );
  for (let sk = 0; sk < 5; sk++) await put(sk, 300);
  const firstPage = async (client: DynamoDBDocumentClient) => {
    const page = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": "p" },
        ProjectionExpression: "title",
      }),
    );
    return [page.Count, page.LastEvaluatedKey?.["sk"] ?? null];
  };
  const titles = table.view<number>(firstPage);
  // DynamoDB measures the items that it reads, not the attributes that it returns: a page ends after 1 MB, at an item
  // that depends on the engine.
  const short = JSON.stringify(await firstPage(table.client));
  expect(await cache.get(titles, 0)).toBe(short);
  for (const sk of [0, 1, 2]) await put(sk, 1);
  const long = JSON.stringify(await firstPage(table.client));
  expect(long).not.toBe(short);
  expect(await cache.get(titles, 0)).toBe(long);
});

test("records of a transaction of a hundred items each invalidate their item, in any order and a minute apart", async () => {
  await using table = await recordedTable({ types: { id: "N" }, key: ["id"] });
  const { client, cache, clock, name: TableName, records } = table;
  const item = table.view<number>(
    async (reads, id) => (await reads.send(new GetCommand({ TableName, Key: { id } }))).Item,
  );
  const ids = Array.from({ length: 100 }, (_, id) => id);
  const before = await cache.getMany(item, ids);
  await client.send(
    new TransactWriteCommand({
      TransactItems: ids.map((id) => ({ Put: { TableName, Item: { id } } })),
    }),
  );
  const random = seededRandom(7);
  const delivered = (await records()).toSorted(() => random() - 0.5);
  const seen = new Set<number>();
  for (const record of delivered) {
    await streamHandler(cache)({ Records: [record] });
    const key = record.dynamodb?.Keys?.["id"];
    seen.add(Number((key as { N: string }).N));
    await clock.advance(60_000);
    if (seen.size % 20 !== 0) continue;
    const shown = await cache.getMany(item, ids);
    expect(shown).toEqual(ids.map((id) => (seen.has(id) ? JSON.stringify({ id }) : before[id])));
  }
  expect(seen.size).toBe(100);
});

test("an unreadable attribute breaks the views that show it, and no others", async () => {
  await using table = await recordedTable({ types: { id: "N" }, key: ["id"] });
  const { client, cache, name: TableName, drain } = table;
  await client.send(new PutCommand({ TableName, Item: { id: 1, title: "Emma", pages: 300 } }));
  await drain();
  const parsed = (item: Record<string, unknown> = {}) => {
    if (!["number", "undefined"].includes(typeof item["pages"]))
      throw new Error("pages: no number");
    return item["title"];
  };
  const get = (ProjectionExpression?: string) =>
    new GetCommand({ TableName, Key: { id: 1 }, ProjectionExpression });
  const whole = table.view<number>(
    async (reads) => parsed((await reads.send(get())).Item),
    "whole",
  );
  const title = table.view<number>(
    async (reads) => parsed((await reads.send(get("title"))).Item),
    "title",
  );
  const shown = () =>
    Promise.all(
      [whole, title].map((each) => cache.get(each, 0).catch((error: Error) => error.message)),
    );
  expect(await shown()).toEqual(['"Emma"', '"Emma"']);
  const { entry } = (await cache.peek(title, 0)) ?? {};
  await client.send(new PutCommand({ TableName, Item: { id: 1, title: "Emma", pages: "many" } }));
  await drain();
  expect(await shown()).toEqual([expect.stringContaining("pages: no number"), '"Emma"']);
  expect((await cache.peek(title, 0))?.entry.id).toBe(entry?.id);
});

test("a new index needs no deployment of readers or of the stream's function, which run while it is made", async () => {
  await using table = await recordedTable({ types: { id: "N" }, key: ["id"] });
  const { client, plain, cache, name: TableName, drain } = table;
  await client.send(new PutCommand({ TableName, Item: { id: 1, author: "Austen" } }));
  await drain();
  await plain.send(
    new UpdateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "author", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "byAuthor",
            KeySchema: [{ AttributeName: "author", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        },
      ],
    }),
  );
  const isActive = async () => {
    const { Table } = await plain.send(new DescribeTableCommand({ TableName }));
    expect(Table?.GlobalSecondaryIndexes?.[0]?.IndexStatus).toBe("ACTIVE");
  };
  await vi.waitFor(isActive, 20_000);
  const count = table.view<string>(async (reads, author) => {
    const query = new QueryCommand({
      TableName,
      IndexName: "byAuthor",
      KeyConditionExpression: "author = :a",
      ExpressionAttributeValues: { ":a": author },
    });
    return (await reads.send(query)).Count;
  });
  expect(await cache.get(count, "Austen")).toBe("1");
  await client.send(new PutCommand({ TableName, Item: { id: 1, author: "Burney" } }));
  await drain();
  expect([await cache.get(count, "Austen"), await cache.get(count, "Burney")]).toEqual(["0", "1"]);
});

test("numbers that DynamoDB considers equal have the same text in names, in any spelling", async () => {
  await using table = await recordedTable({ types: { id: "N" }, key: ["id"] });
  const random = seededRandom(11);
  const draw = (most: number) => Math.floor(random() * most);
  const spelled = Array.from({ length: 30 }, () => {
    const digits = String(1 + draw(10 ** 9));
    const [zeros, point] = [draw(4), draw(digits.length)];
    const whole = `${"0".repeat(zeros)}${digits.slice(0, point)}.${digits.slice(point)}${"0".repeat(draw(4))}`;
    return `${draw(2) ? "-" : ""}${whole}e${draw(60) - 30}`;
  });
  const put = (N: string) =>
    table.plain.send(new PutItemCommand({ TableName: table.name, Item: { id: { N } } }));
  const kept = await Promise.all(
    spelled.map(async (N) => {
      await put(N);
      const Key = { id: { N } };
      const get = new GetItemCommand({ TableName: table.name, Key });
      return (await table.plain.send(get)).Item?.["id"]?.N ?? "";
    }),
  );
  expect(kept.map(numberText)).toEqual(spelled.map(numberText));
});

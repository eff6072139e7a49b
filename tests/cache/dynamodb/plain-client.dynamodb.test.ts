import { defineResource } from "@algoitny/cache";
import { recorder } from "@algoitny/cache/dynamodb";
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";
import { openTable } from "./open-table.ts";

const SHAPE = { types: { pk: "N", sk: "B" }, key: ["pk", "sk"] } as const;

test("the plain client is recorded as the document client is: numbers and bytes in any spelling, joined reads, every write", async () => {
  await using table = await openTable(SHAPE);
  const TableName = table.name;
  const dynamodb = recorder(table.plain);
  const { cache } = fleet();
  const db = dynamodb.writing(cache);
  const keyOf = (id: number, spelled = String(id)) => ({
    pk: { N: spelled },
    sk: { B: new Uint8Array([id, 255]) },
  });
  const title = defineResource({
    name: "title",
    tags: "reads",
    ttl: "1 hour",
    load: async (id: number, _: void, { reads }) => {
      const get = new GetItemCommand({ TableName, Key: keyOf(id), ProjectionExpression: "title" });
      return (await dynamodb.for(reads).send(get)).Item?.["title"]?.S ?? "none";
    },
  });
  const count = defineResource({
    name: "count",
    tags: "reads",
    ttl: "1 hour",
    load: async (id: number, _: void, { reads }) => {
      const query = new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :p AND begins_with(sk, :s)",
        ExpressionAttributeValues: { ":p": { N: `${id}.0` }, ":s": { B: new Uint8Array([id]) } },
      });
      return (await dynamodb.for(reads).send(query)).Count;
    },
  });
  const shown = async () => [
    await cache.getMany(title, [1, 2]),
    await cache.getMany(count, [1, 2]),
  ];
  expect(await shown()).toEqual([
    ["none", "none"],
    [0, 0],
  ]);
  await db.send(
    new PutItemCommand({ TableName, Item: { ...keyOf(1, "1.00"), title: { S: "Emma" } } }),
  );
  expect(await shown()).toEqual([
    ["Emma", "none"],
    [1, 0],
  ]);
  const update = {
    TableName,
    UpdateExpression: "SET title = :t",
    ExpressionAttributeValues: { ":t": { S: "Persuasion" } },
  };
  await db.send(new UpdateItemCommand({ ...update, Key: keyOf(1, "10e-1") }));
  await db.send(
    new TransactWriteItemsCommand({
      TransactItems: [{ Update: { ...update, Key: keyOf(2, "0.2e1") } }],
    }),
  );
  expect(await shown()).toEqual([
    ["Persuasion", "Persuasion"],
    [1, 1],
  ]);
  await db.send(new DeleteItemCommand({ TableName, Key: keyOf(1, "001") }));
  expect(await shown()).toEqual([
    ["none", "Persuasion"],
    [0, 1],
  ]);
});

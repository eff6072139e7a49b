import { TTL_ATTRIBUTE, tableDefinition } from "@algoitny/core/table/definition";
import { keys } from "@algoitny/core/table/keys";
import { getStored } from "@algoitny/core/table/read-items";
import { createTable, withoutStream } from "@algoitny/local/dynamodb/local-table";
import { connectStream } from "@algoitny/local/streams/stream-source";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { testTable } from "../../support/dynamodb.ts";

async function place() {
  const table = await testTable();
  const { db, endpoint } = table;
  const { tableName } = db;
  const definition = { ...tableDefinition, TableName: tableName };
  const put = async (id: number) => {
    await db.send(new PutCommand({ TableName: tableName, Item: { ...keys.problem(id), id } }));
  };
  const bulk = (write: () => Promise<void>) =>
    withoutStream({ endpoint, table: tableName }, tableDefinition.StreamSpecification, write);
  const recorded = async () => {
    const source = await connectStream(endpoint, tableName);
    try {
      const shards = await source.shards();
      const iterators = await Promise.all(
        shards.map(({ id }) => source.iterator(id, "TRIM_HORIZON")),
      );
      const pages = await Promise.all(iterators.map((each) => source.read(each ?? "")));
      return pages.flatMap(({ records }) => records.map(({ dynamodb }) => dynamodb?.Keys?.["sk"]));
    } finally {
      source.close();
    }
  };
  const stream = () => createTable(endpoint, definition, { ttlAttribute: TTL_ATTRIBUTE });
  return { db, put, bulk, recorded, stream, [Symbol.asyncDispose]: table[Symbol.asyncDispose] };
}

test("a bulk write is in no stream: later changes are in a new one", async () => {
  await using of = await place();
  const before = await of.stream();
  await of.bulk(() => of.put(1));
  await of.put(2);
  expect(await of.recorded()).toEqual([{ S: keys.problem(2).sk }]);
  expect(await of.stream()).not.toBe(before);
  expect(await getStored(of.db, keys.problem(1))).toMatchObject({ id: 1 });
});

test("a table has a stream again after a bulk write that was interrupted, also twice", async () => {
  await using of = await place();
  const before = await of.stream();
  const interrupted = () => of.bulk(() => Promise.reject(new Error("killed")));
  await expect(interrupted()).rejects.toThrow("killed");
  await expect(interrupted()).rejects.toThrow("killed");
  const after = await of.stream();
  expect(after).toMatch(/stream/);
  expect(after).not.toBe(before);
});

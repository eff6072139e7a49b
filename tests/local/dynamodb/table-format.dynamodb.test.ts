import { TABLE_FORMAT } from "@algoitny/core/table/format";
import { type Key, keys } from "@algoitny/core/table/keys";
import { getStored } from "@algoitny/core/table/read-items";
import { convertTable, requireFormat } from "@algoitny/local/dynamodb/table-format";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { testTable } from "../../support/dynamodb.ts";

async function place() {
  const table = await testTable();
  const { endpoint, db } = table;
  const put = (Item: Record<string, unknown>) =>
    db.send(new PutCommand({ TableName: db.tableName, Item }));
  const get = ({ pk, sk }: Key) => getStored(db, { pk, sk });
  const at = { endpoint, table: db.tableName };
  return { at, put, get, [Symbol.asyncDispose]: () => table[Symbol.asyncDispose]() };
}

test("data of an earlier version is refused until it is converted", async () => {
  await using of = await place();
  await of.put({ ...keys.feedEntry({ kind: "public" }, 7), feed: "public", id: 7 });
  await expect(requireFormat(of.at)).rejects.toThrow(/is in format 1, .*`npm run migrate`/);
  expect(await convertTable(of.at)).toEqual({ from: 1, to: TABLE_FORMAT, feeds: 1 });
  await requireFormat(of.at);
  expect(await convertTable(of.at)).toEqual({ from: TABLE_FORMAT, to: TABLE_FORMAT, feeds: 0 });
});

test.each([2, 3])(
  "entries of the public feed are distributed over its partition keys, when converted from format %i",
  async (format) => {
    await using of = await place();
    await of.put({ ...keys.format(), version: format });
    const { sk } = keys.feedEntry({ kind: "public" }, 7);
    await of.put({ pk: "FEED#PUBLIC", sk, entity: "feed_entry", feed: "public", id: 7 });
    await expect(requireFormat(of.at)).rejects.toThrow(/is in format \d, .*`npm run migrate`/);
    expect(await convertTable(of.at)).toEqual({ from: format, to: TABLE_FORMAT, feeds: 1 });
    await requireFormat(of.at);
    const spread = { pk: "FEED#PUBLIC#7", sk, entity: "feed_entry", feed: "public", id: 7 };
    expect(await of.get(spread)).toEqual(spread);
    expect(await of.get({ pk: "FEED#PUBLIC", sk })).toBeUndefined();
  },
);

test("data of a later version is neither read nor converted", async () => {
  await using of = await place();
  await of.put({ ...keys.format(), version: TABLE_FORMAT + 1 });
  await expect(requireFormat(of.at)).rejects.toThrow("a later version wrote it");
  await expect(convertTable(of.at)).rejects.toThrow("a later version wrote it");
});

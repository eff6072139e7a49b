import { convertFeeds } from "@algoitny/core/history/convert-feeds";
import { toHistoryPage } from "@algoitny/core/history/history-view";
import type { Database } from "@algoitny/core/table/database";
import { openFormat, TABLE_FORMAT } from "@algoitny/core/table/format";
import { type Key, pks } from "@algoitny/core/table/keys";
import { DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { auditFeeds, SMALL_SHAPE } from "../support/feed-audit.ts";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

const SUB = "ann & bob";

/** A table in the first format: feeds with one item of counts each. */
async function firstFormat() {
  const app = await setup({ feedShape: SMALL_SHAPE });
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const record = (is_code_public: boolean) =>
    history.record(actor(SUB), anExecution({ problem_id, is_code_public }));
  for (let count = 0; count < 13; count += 1) await record(count % 3 > 0);
  const page = async (viewer?: string, offset = 0) =>
    toHistoryPage(await history.page({ viewer, my_only: false, offset, limit: 4 }));
  const pages = async () => [await page(), await page(undefined, 6), await page(SUB, 3)];
  const before = await pages();
  const { db } = app.table;
  const { Items = [] } = await db.send(new ScanCommand({ TableName: db.tableName }));
  for (const item of Items) {
    const { pk, sk } = item as Key;
    const isSpread = pk.startsWith("FEED#PUBLIC#");
    if (isSpread && !sk.startsWith("COUNTS"))
      await app.replaceItem({ pk: "FEED#PUBLIC", sk }, { feed: "public", id: item["id"] });
    if (isSpread || sk.startsWith("COUNTS"))
      await db.send(new DeleteCommand({ TableName: db.tableName, Key: { pk, sk } }));
  }
  const feeds = [
    { kind: "public" as const },
    ...(["own_public", "own_private"] as const).map((kind) => ({ kind, sub: SUB })),
  ];
  for (const feed of feeds)
    await app.replaceItem(
      { pk: pks.feed(feed), sk: "COUNTS" },
      { feed: feed.kind, total: "many", b0: 7 },
    );
  return {
    app,
    db,
    before,
    pages,
    record,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

test("after their conversion, feeds of the first format have the counts of their entries, and later executions are counted too", async () => {
  await using of = await firstFormat();
  expect(await openFormat(of.db)).toBe(1);
  expect(await convertFeeds(of.db, SMALL_SHAPE)).toBe(3);
  expect(await of.pages()).toEqual(of.before);
  await of.record(true);
  const { said, right } = await auditFeeds(of.db, SMALL_SHAPE);
  expect(said).toEqual(right);
  expect((await of.pages())[0]?.count).toBe((of.before[0]?.count ?? 0) + 1);
});

test("a conversion that was interrupted three times between its writes can be started again, with the result of an uninterrupted one", async () => {
  await using of = await firstFormat();
  for (const writes of [1, 3, 5]) {
    let left = writes;
    const send = (command: { constructor: { name: string } }) => {
      if (/^(BatchWrite|Delete)Command$/.test(command.constructor.name) && left-- === 0)
        throw new Error("interrupted");
      return of.db.send(command as never);
    };
    const interrupted = { ...of.db, send: send as Database["send"] };
    await expect(convertFeeds(interrupted, SMALL_SHAPE)).rejects.toThrow("interrupted");
  }
  await convertFeeds(of.db, SMALL_SHAPE);
  await convertFeeds(of.db, SMALL_SHAPE);
  expect(await of.pages()).toEqual(of.before);
  const { said, right } = await auditFeeds(of.db, SMALL_SHAPE);
  expect(said).toEqual(right);
});

test("an empty table gets the format of this version, and keeps it", async () => {
  await using app = await setup();
  expect(await openFormat(app.table.db)).toBe(TABLE_FORMAT);
  await app.tables.problems.create(aProblem());
  expect(await openFormat(app.table.db)).toBe(TABLE_FORMAT);
});

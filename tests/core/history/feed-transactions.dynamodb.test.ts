import { FEED_SHAPE, LEVELS } from "@algoitny/core/history/feed-shape";
import { mendCounts } from "@algoitny/core/history/mend-counts";
import { putItems } from "@algoitny/core/table/batch-write";
import type { Database } from "@algoitny/core/table/database";
import { type Feed, keys } from "@algoitny/core/table/keys";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { setup } from "../support/fixtures.ts";

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const ACTION_LIMIT = 100;

const PUBLIC = { kind: "public" } as const;
const { rangeSize, groupRanges, publicShards, radix } = FEED_SHAPE;

/** A table, with the number of actions of each transaction that repairs counts. */
async function counted() {
  const app = await setup();
  const { db } = app.table;
  const sizes: number[] = [];
  const send = (command: unknown) => {
    if (command instanceof TransactWriteCommand)
      sizes.push(command.input.TransactItems?.length ?? 0);
    return db.send(command as never);
  };
  const counting: Database = { ...db, send: send as never };
  /** Creates the counters of an id's group, as the group's first execution does. */
  const open = async (feed: Feed, id: number) => {
    sizes.length = 0;
    await mendCounts(counting, feed, id, FEED_SHAPE);
    return [...sizes];
  };
  return { db, open, [Symbol.asyncDispose]: app[Symbol.asyncDispose] };
}

test("creating and moving a group of the public feed stay within the limits of a transaction", async () => {
  await using of = await counted();
  const group = rangeSize * groupRanges;
  expect(await of.open(PUBLIC, 1)).toEqual([1 + publicShards]);
  expect(await of.open(PUBLIC, group)).toEqual([1 + publicShards]);
  const boundary = await of.open(PUBLIC, 2 * group);
  expect(boundary).toEqual([1 + publicShards, publicShards + LEVELS]);
  expect(Math.max(...boundary)).toBeLessThanOrEqual(ACTION_LIMIT);
});

test("a group with all counters broken or missing is repaired within the limits of a transaction", async () => {
  await using of = await counted();
  const broken = Array.from({ length: publicShards / 2 }, (_, shard) => ({
    ...keys.feedCounter(PUBLIC, 0, shard),
    feed: shard % 2 === 0 ? "public" : "nonsense",
    ...Object.fromEntries(Array.from({ length: groupRanges }, (__, range) => [`b${range}`, -1])),
  }));
  await putItems(of.db, broken);
  expect(await of.open(PUBLIC, 1)).toEqual([1 + publicShards]);
  expect(await of.open(PUBLIC, 1)).toEqual([]);
});

test("a user's own group has one counter, however many ranges move with it", async () => {
  await using of = await counted();
  const feed: Feed = { kind: "own_public", sub: "ann" };
  const group = rangeSize * radix;
  for (const id of [1, group]) expect(await of.open(feed, id)).toEqual([2]);
  expect(await of.open(feed, 2 * group)).toEqual([2, 1 + LEVELS]);
});

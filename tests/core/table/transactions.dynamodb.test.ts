import { put, update } from "@algoitny/core/table/action";
import { keys } from "@algoitny/core/table/keys";
import { transact } from "@algoitny/core/table/transact";
import { getItem, getItems } from "@algoitny/core/table/read-items";
import { z } from "zod";
import { expect, test } from "vitest";
import { testTable } from "../../support/dynamodb.ts";

const Total = z.object({ total: z.int() });
const counts = keys.feedNode({ kind: "public" }, 1, 0);

test("a transaction that is sent again with its token is executed once", async () => {
  await using table = await testTable();
  const { db } = table;
  const count = update(db, counts, "feed_counts", { add: { total: 1 } });
  await transact(db, [count], "one-token");
  await transact(db, [count], "one-token");
  await Promise.all(Array.from({ length: 10 }, () => transact(db, [count], "one-token")));

  expect(await getItem(db, counts, Total)).toEqual({ total: 1 });
});

test("200 concurrent transactions on one item are all executed", async () => {
  await using table = await testTable();
  const { db } = table;
  const count = update(db, counts, "feed_counts", { add: { total: 1 } });
  await Promise.all(Array.from({ length: 200 }, () => transact(db, [count])));

  expect(await getItem(db, counts, Total)).toEqual({ total: 200 });
});

test("a transaction with a failed condition changes nothing, and returns the action of the condition", async () => {
  await using table = await testTable();
  const { db } = table;
  const count = update(db, counts, "feed_counts", { add: { total: 1 } });
  const refused = update(
    db,
    keys.user("nobody"),
    "user",
    { set: { email: "x" } },
    { exists: true },
  );

  expect(await transact(db, [count, refused])).toEqual([refused]);
  expect(await getItem(db, counts, Total)).toBeUndefined();
});

test("an item that grows over 400 KB by an update is refused as too large", async () => {
  await using table = await testTable();
  const { db } = table;
  await transact(db, [put(db, counts, "feed_counts", { a: "x".repeat(300_000) })]);
  const grow = update(db, counts, "feed_counts", { set: { b: "x".repeat(200_000) } });

  await expect(transact(db, [grow])).rejects.toMatchObject({ code: "too_large" });
});

test("250 items are returned in the requested order, with the missing ones in their places", async () => {
  await using table = await testTable();
  const { db } = table;
  const wanted = Array.from({ length: 250 }, (_, index) => keys.problemBody(index + 1));
  const odd = wanted.filter((_, index) => index % 2 === 0);
  for (let start = 0; start < odd.length; start += 100) {
    await transact(
      db,
      odd
        .slice(start, start + 100)
        .map((key) => put(db, key, "problem_body", { constraints: "x".repeat(20_000) })),
    );
  }
  const items = await getItems(db, wanted);
  expect(items.map((item) => item?.["sk"])).toEqual(
    wanted.map(({ sk }, index) => (index % 2 === 0 ? sk : undefined)),
  );
});

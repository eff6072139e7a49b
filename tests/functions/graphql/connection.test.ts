import fc from "fast-check";
import { connect, cursorOf, placeOf } from "@algoitny/functions/graphql/connection";
import { expect, test } from "vitest";

const listOf = (rows: readonly number[], pageSize: number) => async (page: number) => ({
  rows: rows.slice(page * pageSize, (page + 1) * pageSize).map((id) => ({ id })),
  total: rows.length,
});

test("a walk over all pages shows each row that exists throughout once, although rows are added and removed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 25 }),
      fc.integer({ min: 5, max: 20 }),
      fc.infiniteStream(fc.record({ at: fc.nat(60), isNew: fc.boolean() })),
      async (stood, first, pageSize, changes) => {
        let rows = [...stood];
        const guests: number[] = [];
        const seen: number[] = [];
        let after: string | null = null;
        for (let turn = 0; turn < 200; turn += 1) {
          const page: Awaited<ReturnType<typeof connect<{ id: number }>>> = await connect(
            { first, after },
            pageSize,
            listOf(rows, pageSize),
          );
          seen.push(...page.edges.map(({ node }) => node.id));
          if (!page.page_info.has_next_page) break;
          after = page.page_info.end_cursor;
          const { value: change } = changes.next();
          // Rows are added and removed at the head of a list, where the newest are; the reader is behind them.
          if (change.isNew) {
            guests.push(20_000 + turn);
            rows = [20_000 + turn, ...rows];
          } else {
            const gone = guests.pop();
            rows = rows.filter((id) => id !== gone);
          }
        }
        expect(seen.filter((id) => stood.includes(id))).toEqual(stood);
      },
    ),
    { numRuns: 100 },
  );
});

test("a cursor follows its row, also onto the next page", async () => {
  const after = cursorOf({ offset: 1, id: 2 });
  const pages = [await connect({ first: 2, after }, 2, listOf([9, 8, 1, 2, 3, 4], 2))];
  expect(pages.map(({ edges }) => edges.map(({ node }) => node.id))).toEqual([[3, 4]]);
});

test("after a cursor whose row was deleted, the next row follows", async () => {
  const after = cursorOf({ offset: 1, id: 2 });
  const page = await connect({ first: 2, after }, 10, listOf([1, 3, 4, 5], 10));
  expect(page.edges.map(({ node }) => node.id)).toEqual([3, 4]);
});

test.each([
  "",
  "MQ",
  "MTox ",
  Buffer.from("1:x").toString("base64url"),
  Buffer.from("01:1e3").toString("base64url"),
])("%j is not a cursor", (cursor) => {
  expect(() => placeOf(cursor)).toThrow("is not a cursor");
});

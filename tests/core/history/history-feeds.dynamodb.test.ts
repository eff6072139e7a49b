import { toHistoryPage } from "@algoitny/core/history/history-view";
import type { Tables } from "@algoitny/core/tables";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { auditFeeds, SMALL_SHAPE } from "../support/feed-audit.ts";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

const VIEWERS = [undefined, "ann", "bob", "cyd"] as const;

interface Row {
  id: number;
  sub: string;
  is_code_public: boolean;
}

/** Reference implementation of a viewer's feed, as the contract states it. */
function expectedFeed(rows: readonly Row[], viewer: string | undefined, myOnly: boolean): number[] {
  return rows
    .filter(({ sub, is_code_public }) => sub === viewer || (is_code_public && !myOnly))
    .filter(() => viewer !== undefined || !myOnly)
    .map(({ id }) => id)
    .toSorted((a, b) => b - a);
}

/** Pages of every viewer's feed: the real ones, and those of the reference implementation. */
async function readPages(
  tables: Tables,
  rows: readonly Row[],
  { limit, step }: { limit: number; step: number },
) {
  const actual: unknown[] = [];
  const expected: unknown[] = [];
  for (const [viewer, my_only] of VIEWERS.flatMap((name) => [
    [name, false] as const,
    [name, true] as const,
  ])) {
    const feed = expectedFeed(rows, viewer, my_only);
    for (let offset = 0; offset <= feed.length + 1; offset += step) {
      const query = { viewer, my_only, offset, limit };
      const page = toHistoryPage(await tables.history.page(query));
      const end = offset + limit;
      const has_more = end < feed.length;
      actual.push({ query, ...page, results: page.results.map(({ id }) => id) });
      const results = feed.slice(offset, end);
      expected.push({
        query,
        results,
        count: feed.length,
        next_offset: has_more ? end : null,
        has_more,
      });
    }
  }
  return { actual, expected };
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("record" as const),
      sub: fc.constantFrom("ann", "bob", "cyd"),
      is_code_public: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flip" as const), index: fc.nat() }) },
);

test("every page of every viewer's feed equals a plain list, across ranges, groups and visibility changes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      await using app = await setup({ feedShape: SMALL_SHAPE });
      const { history, problems } = app.tables;
      const { id: problem_id } = await problems.create(aProblem());
      const rows: Row[] = [];
      for (const action of steps) {
        if (action.do === "record") {
          const { sub, is_code_public } = action;
          const { id } = await history.record(
            actor(sub),
            anExecution({ problem_id, is_code_public }),
          );
          rows.push({ id, sub, is_code_public });
          continue;
        }
        const row = rows[action.index % Math.max(1, rows.length)];
        if (!row) continue;
        row.is_code_public = !row.is_code_public;
        await history.change(row.id, row.sub, { is_code_public: row.is_code_public });
      }
      const { actual, expected } = await readPages(app.tables, rows, { limit: 3, step: 1 });
      expect(actual).toEqual(expected);
    }),
    { numRuns: 4 },
  );
}, 120_000);

test("counts are exact after concurrent executions and visibility changes", async () => {
  const feedShape = { rangeSize: 5, groupRanges: 2, publicShards: 4, radix: 4 };
  await using app = await setup({ feedShape });
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const rows = await Promise.all(
    Array.from({ length: 40 }, async (_, index): Promise<Row> => {
      const sub = ["ann", "bob", "cyd"][index % 3] ?? "";
      const { id } = await history.record(
        actor(sub),
        anExecution({ problem_id, is_code_public: index % 2 === 0 }),
      );
      const is_code_public = index % 5 !== 0;
      // Two concurrent requests for the same change of visibility change it once.
      await Promise.all([1, 2].map(() => history.change(id, sub, { is_code_public })));
      return { id, sub, is_code_public };
    }),
  );

  const { actual, expected } = await readPages(app.tables, rows, { limit: 20, step: 11 });
  expect(actual).toEqual(expected);
  expect((await problems.getWithBody(problem_id))?.problem.execution_count).toBe(40);
  const { said, right } = await auditFeeds(app.table.db, feedShape);
  expect(said).toEqual(right);
});

test("a page ends before its answer would exceed the size limit, and the next one continues from there", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  for (let index = 0; index < 12; index++) {
    await history.record(
      actor("ann"),
      anExecution({ problem_id, code: "x".repeat(390_000), is_code_public: true }),
    );
  }
  const first = toHistoryPage(
    await history.page({ viewer: undefined, my_only: false, offset: 0, limit: 20 }),
  );
  expect(first).toMatchObject({ count: 12, next_offset: 10, has_more: true });
  const rest = toHistoryPage(
    await history.page({ viewer: undefined, my_only: false, offset: 10, limit: 20 }),
  );
  expect([...first.results, ...rest.results].map(({ id }) => id)).toEqual(
    Array.from({ length: 12 }, (_, index) => 12 - index),
  );
});

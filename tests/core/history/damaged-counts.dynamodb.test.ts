import { toHistoryPage } from "@algoitny/core/history/history-view";
import { type Feed, type Key, keys } from "@algoitny/core/table/keys";
import { toUserStats } from "@algoitny/core/user/user";
import { expect, test } from "vitest";
import { auditFeeds, SMALL_SHAPE } from "../support/feed-audit.ts";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";
import { NONSENSE } from "../support/nonsense.ts";

const PUBLIC: Feed = { kind: "public" };
const ann = actor("ann");

/** Damage to the counts of a feed in which three groups of four ids have been counted. */
const DAMAGE: [name: string, key: Key, damage: (value: unknown) => Record<string, unknown>][] = [
  ["range in a counter", keys.feedCounter(PUBLIC, 2, 2), (value) => ({ b4: value })],
  ["range in the tree", keys.feedNode(PUBLIC, 1, 0), (value) => ({ c0: value })],
  ["node in the tree", keys.feedNode(PUBLIC, 3, 0), (value) => ({ c0: value })],
  ["root of the tree", keys.feedNode(PUBLIC, 4, 0), (value) => ({ c0: value })],
];

async function damaged() {
  const app = await setup({ feedShape: SMALL_SHAPE });
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const record = (is_code_public: boolean, code = "") =>
    history.record(ann, anExecution({ problem_id, is_code_public, code }));
  const page = async (viewer?: string, offset = 0) =>
    toHistoryPage(await history.page({ viewer, my_only: false, offset, limit: 3 }));
  const pages = async () => [await page(), await page(undefined, 5), await page("ann", 2)];
  // Executions 1 to 3 are in the tree, 4 to 7 and 8 to 10 in counters.
  for (let count = 0; count < 10; count += 1) await record(count !== 4);
  return { app, history, record, pages, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

test.each(
  DAMAGE.flatMap(([name, key, damage], place) =>
    // All invalid values are tried with the first kind of damage only: every count is validated by the same function.
    NONSENSE.filter((_, index) => place === 0 || index % 4 === 0).map(
      ([value]) => [name, value, key, damage] as const,
    ),
  ),
)(
  "feeds work while a %s of the public feed is %j, and the next write to that count repairs it",
  async (name, value, key, damage) => {
    await using of = await damaged();
    const { app, history, record, pages } = of;
    const before = await pages();
    await app.changeItem(key, damage(value));
    expect(await pages()).toEqual(before);
    const reported = app.table.unreadable.some(({ pk, sk }) => pk === key.pk && sk === key.sk);
    // Above a group whose counts have not moved into the tree, nodes are summed from their children.
    expect(reported).toBe(!/node|root/.test(name));

    await history.change(1, ann.sub, { is_code_public: false });
    await history.change(8, ann.sub, { is_code_public: false });
    await record(true, "next");
    app.table.unreadable.length = 0;
    const [first, , own] = await pages();
    expect(first?.results[0]).toMatchObject({ code: "next" });
    expect([first?.count, own?.count]).toEqual([8, 11]);
    expect(app.table.unreadable).toEqual([]);
    const { said, right } = await auditFeeds(app.table.db, SMALL_SHAPE);
    expect(said).toEqual(right);
  },
);

test("a counter that was overwritten as a whole is counted from the feed, and the next write to that counter repairs it", async () => {
  await using of = await damaged();
  const { app, history, pages } = of;
  const before = await pages();
  await app.replaceItem(keys.feedCounter(PUBLIC, 2, 2), { note: "by hand" });
  expect(await pages()).toEqual(before);
  await history.change(8, ann.sub, { is_code_public: false });
  const { said, right } = await auditFeeds(app.table.db, SMALL_SHAPE);
  expect(said).toEqual(right);
});

test.each(NONSENSE)(
  "the next execution recounts a user's totals that are %j from the executions",
  async (value) => {
    await using app = await setup();
    const { history, problems, users } = app.tables;
    const one = await problems.create(aProblem());
    const other = await problems.create(aProblem({ problem_id: "71A" }));
    const failure = { failed_count: 1, language: "c" };
    await history.record(ann, anExecution({ problem_id: one.id }));
    await history.record(ann, anExecution({ problem_id: one.id, ...failure }));
    const totals = ["total_executions", "total_problems", "failed_executions", "passed_executions"];
    const names = [...totals, "platform#codeforces", "language#c"];
    const damage = Object.fromEntries(names.map((name) => [name, value]));
    await app.changeItem(keys.userStats(ann.sub), damage);
    await history.record(ann, anExecution({ problem_id: other.id, ...failure }));
    expect(toUserStats(await users.getStats(ann.sub))).toEqual({
      total_executions: 3,
      passed_executions: 1,
      failed_executions: 2,
      total_problems: 2,
      by_platform: { codeforces: 3 },
      by_language: { c: 2, python: 1 },
    });
  },
);

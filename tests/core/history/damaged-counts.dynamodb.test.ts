import { toHistoryPage } from "@algoitny/core/history/history-view";
import { keys } from "@algoitny/core/table/keys";
import { toUserStats } from "@algoitny/core/user/user";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";
import { NONSENSE } from "../support/nonsense.ts";

const PUBLIC = keys.feedCounts({ kind: "public" });

const ann = actor("ann");

/** Damage to a feed's counts, by name. */
const DAMAGE: [string, (value: unknown) => Record<string, unknown>][] = [
  ["total", (value) => ({ total: value })],
  ["range", (value) => ({ b0: value })],
  ["total and range", (value) => ({ total: value, b0: value })],
];

test.each(
  DAMAGE.flatMap(([name, damage]) => NONSENSE.map(([value]) => [name, value, damage] as const)),
)(
  "feeds go on where the %s of the public one is %j, and the next execution repairs it",
  async (_, value, damage) => {
    await using app = await setup();
    const { history, problems } = app.tables;
    const { id: problem_id } = await problems.create(aProblem());
    const record = (is_code_public: boolean, code = "") =>
      history.record(ann, anExecution({ problem_id, is_code_public, code }));
    const page = async (viewer?: string, offset = 0) =>
      toHistoryPage(await history.page({ viewer, my_only: false, offset, limit: 2 }));
    const pages = async () => [await page(), await page(undefined, 1), await page("ann")];
    const hidden = await record(true);
    await record(false);
    await record(true);
    const before = await pages();
    await app.changeItem(PUBLIC, damage(value));
    expect(await pages()).toEqual(before);
    expect(app.table.unreadable).toContainEqual(PUBLIC);

    await record(true, "next");
    await history.change(hidden.id, ann.sub, { is_code_public: false });
    app.table.unreadable.length = 0;
    const [first, , own] = await pages();
    expect(first?.results[0]).toMatchObject({ code: "next" });
    expect([first?.count, own?.count]).toEqual([2, 4]);
    expect(app.table.unreadable).toEqual([]);
  },
);

test.each(NONSENSE)(
  "totals of a user that are %j are counted from the executions by the next one",
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

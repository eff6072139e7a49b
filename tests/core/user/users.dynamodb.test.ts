import { toUserStats } from "@algoitny/core/user/user";
import { UserStats } from "@algoitny/core/user/user.answers";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

const DAY_MS = 86_400_000;

test("totals are exact after concurrent executions, with each problem counted once", async () => {
  await using app = await setup();
  const { history, problems, users } = app.tables;
  const first = await problems.create(aProblem());
  const second = await problems.create(aProblem({ platform: "baekjoon", problem_id: "1000" }));
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      history.record(
        actor("ann"),
        anExecution({
          problem_id: index % 3 === 0 ? second.id : first.id,
          language: index % 2 === 0 ? "python" : "c++",
          failed_count: index % 5 === 0 ? 2 : 0,
        }),
      ),
    ),
  );

  expect(UserStats.strict().parse(toUserStats(await users.getStats("ann")))).toEqual({
    total_executions: 30,
    by_platform: { codeforces: 20, baekjoon: 10 },
    by_language: { python: 15, "c++": 15 },
    total_problems: 2,
    passed_executions: 24,
    failed_executions: 6,
  });
});

test("a user without executions has zeros and empty objects", () => {
  expect(toUserStats(undefined)).toEqual({
    total_executions: 0,
    by_platform: {},
    by_language: {},
    total_problems: 0,
    passed_executions: 0,
    failed_executions: 0,
  });
});

test("totals take one request, however many executions there are", async () => {
  await using app = await setup();
  const { history, problems, users } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const requests = async (): Promise<number> => {
    const before = app.table.calls();
    await users.getStats("ann");
    return app.table.calls() - before;
  };
  for (let index = 0; index < 10; index++)
    await history.record(actor("ann"), anExecution({ problem_id }));
  expect(await requests()).toBe(1);
  for (let index = 0; index < 40; index++)
    await history.record(actor("ann"), anExecution({ problem_id }));
  expect(await requests()).toBe(1);
});

test("a user has one integer id, even when their first executions are concurrent", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const written = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      history.record(actor(index % 2 === 0 ? "ann" : "bob"), anExecution({ problem_id })),
    ),
  );
  const rows = await Promise.all(written.map(({ id }) => history.get(id)));
  const pairs = new Set(rows.map((found) => `${found?.row.sub} ${found?.row.user}`));
  expect(pairs.size).toBe(2);
  expect(new Set(rows.map((found) => found?.row.user)).size).toBe(2);
});

test("the users active in the last 7 days are listed by day, without a scan, and no others", async () => {
  // Noon eight days ago: with a clock far in the past, the engine would delete the items that have expired since.
  let nowMs = Math.floor(Date.now() / DAY_MS - 8) * DAY_MS + DAY_MS / 2;
  await using app = await setup({ now: () => nowMs });
  const { history, problems, users } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const execute = (sub: string) => history.record(actor(sub), anExecution({ problem_id }));
  await execute("gone");
  await execute("back");
  nowMs += 4 * DAY_MS;
  await execute("ann");
  nowMs += 4 * DAY_MS;
  await execute("back");
  await execute("back");

  const before = app.table.calls();
  expect(await users.listActive()).toEqual(["ann", "back"]);
  expect(app.table.calls() - before).toBe(8);
});

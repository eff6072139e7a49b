import { Problem } from "@algoitny/core/problem/problem";
import { makeSegment } from "@algoitny/core/problem/segment";
import type { PlanName } from "@algoitny/core/timetable";
import { plans, type WarmingInput } from "@algoitny/core/warming";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "./support/fixtures.ts";
import { uncached } from "@algoitny/core/uncached";

type App = Awaited<ReturnType<typeof setup>>;

/** The keys that a plan warms. */
async function keysOf(
  name: PlanName,
  app: App,
  input: Partial<WarmingInput> = {},
): Promise<readonly string[]> {
  const source = uncached(() => Promise.resolve(app.tables));
  const { keys } = await plans[name].wanted({
    source,
    mostRead: () => Promise.resolve([]),
    ...input,
  });
  return keys;
}

test("lists are warmed for all platforms and for each one, up to their last page", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  for (const problem_id of ["1A", "2A"]) await problems.create(aProblem({ problem_id }));
  await problems.create(aProblem({ platform: "baekjoon", problem_id: "1000" }));
  await problems.create(aProblem({ platform: "secret", is_completed: false }));

  expect(await keysOf("problem_lists", app)).toEqual([
    "problem_list:platform:all:search:none:page:1",
    "problem_list:platform:baekjoon:search:none:page:1",
    "problem_list:platform:codeforces:search:none:page:1",
  ]);
});

test("details are warmed for the 20 newest problems that visitors see, by both of their keys", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  for (let index = 1; index <= 22; index++)
    await problems.create(aProblem({ problem_id: `${index}A` }));
  const newest = await problems.create(aProblem({ problem_id: "99Z", is_completed: false }));

  const keys = await keysOf("problem_details", app);
  expect(keys).toHaveLength(40);
  expect(keys).toContain("problem_detail:id:22");
  expect(keys).toContain("problem_detail:platform:codeforces:22A");
  expect(keys).not.toContain("problem_detail:id:2");
  expect(keys).not.toContain(`problem_detail:id:${newest.id}`);
});

test("the 20 most read entries are warmed by the keys under which they are read; keys without a problem are left out", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  for (let index = 1; index <= 25; index++)
    await problems.create(aProblem({ problem_id: `${index}A` }));
  await problems.create(aProblem({ platform: "code:forces", problem_id: "4/A" }));
  const draft = await problems.create(aProblem({ problem_id: "99Z", is_completed: false }));
  const most = [
    ...Array.from({ length: 30 }, (_, index) => `problem_detail:id:${999_000 + index}`),
    "problem_detail:platform:codeforces:nothing",
    "problem_detail:id:7",
    "problem_detail:platform:code%3Aforces:4%2FA",
    `problem_detail:id:${draft.id}`,
    "problem_detail:id:7:viewer:admin",
    "problem_detail:id:07",
    "problem_detail:platform:%uD800:1",
    "problem_list:platform:all:search:none:page:1",
    ...Array.from({ length: 25 }, (_, index) => `problem_detail:id:${index + 1}`),
  ];
  const keys = await keysOf("most_read", app, { mostRead: () => Promise.resolve(most) });
  expect(keys).toHaveLength(20);
  expect(keys.slice(0, 3)).toEqual([
    "problem_detail:id:7",
    "problem_detail:platform:code%3Aforces:4%2FA",
    "problem_detail:id:1",
  ]);
});

test("each admin's list is one entry", async () => {
  await using app = await setup();
  expect(await keysOf("problem_drafts", app)).toEqual(["problem_drafts:all"]);
  expect(await keysOf("problem_registered", app)).toEqual(["problem_registered:all"]);
});

test("an admin's whole list is not warmed when it has more than 5,000 problems", async () => {
  const problem = Problem.parse({
    id: 1,
    platform: "codeforces",
    problem_id: "4A",
    is_completed: true,
  });
  const keysAt = async (count: number) => {
    const catalogue = [makeSegment(Array.from({ length: count }, () => problem))];
    const source = {
      tables: () => Promise.reject(new Error("nothing is read")),
      catalogue: async () => catalogue,
    };
    const input = { source, mostRead: async () => [] };
    return (await plans.problem_registered.wanted(input)).keys;
  };
  expect(await keysAt(5_000)).toEqual(["problem_registered:all"]);
  expect(await keysAt(5_001)).toEqual([]);
});

test("statistics are warmed for recently active users, or for the users that the request names", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  await history.record(actor("ann"), anExecution({ problem_id }));

  expect(await keysOf("user_stats", app)).toEqual(["user_stats:ann"]);
  expect(await keysOf("user_stats", app, { userIds: ["bob", "cyd"] })).toEqual([
    "user_stats:bob",
    "user_stats:cyd",
  ]);
});

test("for an empty table only the first page of all problems is warmed", async () => {
  await using app = await setup();
  expect(await keysOf("problem_lists", app)).toEqual([
    "problem_list:platform:all:search:none:page:1",
  ]);
  expect(await keysOf("problem_details", app)).toEqual([]);
  expect(await keysOf("user_stats", app)).toEqual([]);
});

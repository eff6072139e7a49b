import type { Source } from "@algoitny/core/source";
import { type PlanName, plans, type Visit, type WarmingRequest } from "@algoitny/core/warming";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "./fixtures.ts";

/** The keys that a plan keeps warm. */
async function keysOf(
  name: PlanName,
  source: Source,
  request: WarmingRequest = {},
): Promise<string[]> {
  const keys: string[] = [];
  const visit: Visit = (resource, params) => {
    keys.push(...params.map((one) => resource.keyFor(one)));
    return Promise.resolve();
  };
  await plans[name](source, visit, request);
  return keys;
}

test("lists are warmed for all platforms and each of them, as far as there are pages", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  for (const problem_id of ["1A", "2A"]) await problems.create(aProblem({ problem_id }));
  await problems.create(aProblem({ platform: "baekjoon", problem_id: "1000" }));
  await problems.create(aProblem({ platform: "secret", is_completed: false }));

  expect(await keysOf("problem_lists", { tables: () => Promise.resolve(app.tables) })).toEqual([
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

  const keys = await keysOf("problem_details", { tables: () => Promise.resolve(app.tables) });
  expect(keys).toHaveLength(40);
  expect(keys).toContain("problem_detail:id:22");
  expect(keys).toContain("problem_detail:platform:codeforces:22A");
  expect(keys).not.toContain("problem_detail:id:2");
  expect(keys).not.toContain(`problem_detail:id:${newest.id}`);
});

test("the admin's lists are one entry each", async () => {
  await using app = await setup();
  const source: Source = { tables: () => Promise.resolve(app.tables) };
  expect(await keysOf("problem_drafts", source)).toEqual(["problem_drafts:all"]);
  expect(await keysOf("problem_registered", source)).toEqual(["problem_registered:all"]);
});

test("statistics are warmed for those active lately, or for those asked for", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  await history.record(actor("ann"), anExecution({ problem_id }));
  const source: Source = { tables: () => Promise.resolve(app.tables) };

  expect(await keysOf("user_stats", source)).toEqual(["user_stats:ann"]);
  expect(await keysOf("user_stats", source, { userIds: ["bob", "cyd"] })).toEqual([
    "user_stats:bob",
    "user_stats:cyd",
  ]);
});

test("an empty table asks for the first page of all problems and nothing else", async () => {
  await using app = await setup();
  const source: Source = { tables: () => Promise.resolve(app.tables) };
  expect(await keysOf("problem_lists", source)).toEqual([
    "problem_list:platform:all:search:none:page:1",
  ]);
  expect(await keysOf("problem_details", source)).toEqual([]);
  expect(await keysOf("user_stats", source)).toEqual([]);
});

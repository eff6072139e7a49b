import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { cost, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000" });
  await world.createProblem({ problem_id: "2000", is_completed: false });
  await world.record(world.ann, problem.id);
  await world.record(world.bob, problem.id);
  await world.streams.drained();
});
afterAll(() => world.close());

beforeEach(() => world.send("POST", "/api/ops/cache/clear/", world.admin, {}));

async function costs(paths: readonly string[], as?: string): Promise<object[]> {
  const results = [];
  for (const path of paths)
    results.push(cost(await world.call(path, as === undefined ? {} : { as })));
  return results;
}

const HIT = { cache: "hit", reads: 0 };

test("the problems' schedule warms lists, registered problems, drafts and the newest details", async () => {
  expect(await world.scheduler.fire("WarmProblems")).toMatchObject({ failed: 0, left: 0 });
  const open = [
    "/api/problems/",
    "/api/problems/?platform=baekjoon",
    `/api/problems/${problem.id}/`,
    "/api/problems/baekjoon/1000/",
  ];
  expect(await costs(open)).toEqual(open.map(() => HIT));
  expect(
    await costs(["/api/problems/drafts/", "/api/problems/registered/"], world.admin.token),
  ).toEqual([HIT, HIT]);
});

test("the statistics' schedule warms the statistics of the users who were active", async () => {
  await world.scheduler.fire("WarmUserStats");
  for (const { token } of [world.ann, world.bob])
    expect(await costs(["/api/account/stats/"], token)).toEqual([HIT]);
});

test("the statistics' schedule, fired by hand, warms the statistics of the given users", async () => {
  await world.scheduler.fire("WarmUserStats", { userIds: [world.ann.sub] });
  expect(await costs(["/api/account/stats/"], world.ann.token)).toEqual([HIT]);
  expect(await costs(["/api/account/stats/"], world.bob.token)).not.toEqual([HIT]);
});

test("a second round finds everything fresh", async () => {
  const first: Json = await world.scheduler.fire("WarmProblems");
  const second: Json = await world.scheduler.fire("WarmProblems");
  expect(first.refreshed).toBeGreaterThan(0);
  expect(second).toMatchObject({ refreshed: 0, skipped: first.refreshed + first.skipped });
});

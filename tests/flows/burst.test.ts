import { afterAll, beforeAll, expect, test } from "vitest";
import { execution, startWorld, type Json, type World } from "../support/people.ts";
import { scale } from "../support/scale.ts";

const { executions, searches } = scale.burst;
const PROBLEMS = 8;
const USERS = 20;

let world: World;
let problems: Json[];

beforeAll(async () => {
  world = await startWorld();
  problems = await Promise.all(Array.from({ length: PROBLEMS }, () => world.createProblem()));
});
afterAll(() => world.close());

test("concurrent executions are recorded once each, and none fails", async () => {
  const tokens = await Promise.all(
    Array.from({ length: USERS }, (_, user) =>
      world.issueToken({ sub: `burst-${user}`, email: `burst-${user}@example.com` }),
    ),
  );
  const statuses = await Promise.all(
    Array.from({ length: executions }, async (_, index) => {
      const body = execution(problems[index % PROBLEMS].id, { is_code_public: true });
      const response = await world.call("/api/history/", {
        method: "POST",
        as: tokens[index % USERS] ?? "",
        body: JSON.stringify(body),
      });
      return response.status;
    }),
  );
  expect(statuses.filter((status) => status !== 201)).toEqual([]);
  expect((await world.get("/api/history/")).count).toBe(executions);
  for (const [index, { id }] of problems.entries()) {
    const own = Array.from({ length: executions }).filter((_, at) => at % PROBLEMS === index);
    expect((await world.get(`/api/problems/${id}/`)).execution_count).toBe(own.length);
  }
  const stats = await Promise.all(
    tokens.map(async (as) => {
      const response = await world.call("/api/account/stats/", { as });
      const { total_executions: total } = (await response.json()) as Json;
      return Number(total);
    }),
  );
  expect(stats.reduce((sum, total) => sum + total)).toBe(executions);
});

test("different searches that come at once are answered by one request to Redis each", async () => {
  await world.get("/api/problems/?search=warm");
  // The stream may not have delivered the executions before this test yet.
  await world.streams.drained();
  await world.queues.drained();
  const { requests } = world.upstash.stats();
  const statuses = await Promise.all(
    Array.from({ length: searches }, async (_, index) => {
      const response = await world.call(`/api/problems/?search=problem%20${index}`);
      return response.status;
    }),
  );
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  // One more reader requests only the extent, because it does not know the number of parts yet.
  expect(world.upstash.stats().requests - requests).toBeLessThanOrEqual(searches + 1);
});

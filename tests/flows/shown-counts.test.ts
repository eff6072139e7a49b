import { keys } from "@algoitny/core/table/keys";
import { NumberValueImpl } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../support/people.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const number = (text: string) => NumberValueImpl.from(text);
const LONG = number("12345678901234567.5");

test("counts in requests are limited to 10^12", async () => {
  const limit = 1_000_000_000_000;
  const counts = (execution_count: number) => ({
    platform: "baekjoon",
    problem_id: `limit-${execution_count}`,
    execution_count,
  });
  const { admin, ann } = world;
  await world.send("POST", "/api/problems/", admin, counts(limit + 1), 400);
  await world.send("POST", "/api/problems/", admin, counts(Number.MAX_SAFE_INTEGER), 400);
  const { id } = await world.send("POST", "/api/problems/", admin, counts(limit), 201);
  const path = `/api/problems/${id}/`;
  await world.send("PATCH", path, admin, { execution_count: limit + 1 }, 400);
  for (const name of ["passed_count", "failed_count", "total_count"])
    await expect(world.record(ann, id, { [name]: limit + 1 })).rejects.toThrow(/400/);
});

test.each([
  [Number.MAX_SAFE_INTEGER, 1_000_000_000_000],
  [number("9007199254740992"), 1_000_000_000_000],
  [number("1e125"), 1_000_000_000_000],
  [LONG, 1_000_000_000_000],
  [number("-12345678901234567.5"), 0],
  [-3, 0],
  [2.5, 2],
  [null, 0],
])(
  "a count that is stored as %s is shown as %d, and prevents no request",
  async (stored, shown) => {
    const problem = await world.createProblem({ is_completed: true });
    const path = `/api/problems/${problem.id}/`;
    const counts = { execution_count: stored, test_case_count: stored };
    await world.changeItem(keys.problem(problem.id), counts);
    await world.streams.drained();
    await world.queues.drained();
    expect(await world.get(path)).toMatchObject({ execution_count: shown, test_case_count: shown });
    expect((await world.get("/api/problems/"))[0]).toMatchObject({ test_case_count: shown });
    await world.record(world.ann, problem.id);
    await world.send("POST", `${path}testcases/`, world.admin, { input: "", output: "" }, 201);
    const limit = 1_000_000_000_000;
    expect(await world.get(path)).toMatchObject({
      execution_count: Math.min(shown + 1, limit),
      test_case_count: 1,
    });
    await world.send("PATCH", path, world.admin, { execution_count: 5 }, 200);
    await world.record(world.ann, problem.id);
    expect(await world.get(path)).toMatchObject({ execution_count: 6 });
    await world.send("DELETE", path, world.admin, undefined, 200);
  },
);

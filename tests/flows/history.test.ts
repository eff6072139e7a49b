import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Json, startWorld, type World } from "../support/people.ts";

const ROW = {
  id: expect.any(Number),
  user_email: expect.any(String),
  user_identifier: expect.any(String),
  platform: "baekjoon",
  problem_number: "1000",
  problem_title: "A+B",
  language: "python",
  passed_count: 1,
  failed_count: 1,
  total_count: 2,
  is_code_public: expect.any(Boolean),
  created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  code: "print(1)",
  has_hints: false,
};

let world: World;
let problem: Json;
let testCases: Json;
/** Ann's private and public execution, Bob's private and public one; in this order. */
let rows: Json[];

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000", title: "A+B" });
  testCases = await world.send("POST", `/api/problems/${problem.id}/testcases/`, world.admin, [
    { input: "1 2", output: "3" },
    { input: "4 5", output: "9" },
  ]);
  rows = [];
  for (const [who, isPublic] of [
    [world.ann, false],
    [world.ann, true],
    [world.bob, false],
    [world.bob, true],
  ] as const) {
    const counts = { passed_count: 1, failed_count: 1, total_count: 2 };
    rows.push(
      await world.record(who, problem.id, {
        ...counts,
        is_code_public: isPublic,
        test_results: results(),
      }),
    );
  }
});
afterAll(() => world.close());

const results = () => [
  { test_case_id: testCases[0].id, passed: true, status: "passed", output: "3", error: null },
  { test_case_id: testCases[1].id, passed: false, status: "failed", output: "8", error: "wrong" },
];

const ids = (...places: number[]) => places.map((place) => rows[place].id);
const idsOf = ({ results: list }: Json) => list.map(({ id }: Json) => id);

describe("GET /history/", () => {
  test("shows public rows to signed-out users, newest first", async () => {
    const page = await world.get("/api/history/");
    expect(page).toEqual({ results: [ROW, ROW], count: 2, next_offset: null, has_more: false });
    expect(idsOf(page)).toEqual(ids(3, 1));
  });

  test("shows own and public rows to signed-in users", async () => {
    expect(idsOf(await world.get("/api/history/", world.ann))).toEqual(ids(3, 1, 0));
    expect(idsOf(await world.get("/api/history/", world.bob))).toEqual(ids(3, 2, 1));
  });

  test("shows only own rows with my_only, and none to signed-out users", async () => {
    expect(idsOf(await world.get("/api/history/?my_only=true", world.ann))).toEqual(ids(1, 0));
    expect(await world.get("/api/history/?my_only=true")).toEqual({
      results: [],
      count: 0,
      next_offset: null,
      has_more: false,
    });
    expect(idsOf(await world.get("/api/history/?my_only=false", world.ann))).toEqual(ids(3, 1, 0));
  });

  test("has no gap and no repetition between pages by offset and limit", async () => {
    const seen: number[] = [];
    let offset: number | null = 0;
    while (offset !== null) {
      const page: Json = await world.get(`/api/history/?limit=1&offset=${offset}`, world.ann);
      expect(page.count).toBe(3);
      expect(page.has_more).toBe(page.next_offset !== null);
      seen.push(...idsOf(page));
      offset = page.next_offset;
    }
    expect(seen).toEqual(ids(3, 1, 0));
    expect(await world.get("/api/history/?offset=50")).toEqual({
      results: [],
      count: 2,
      next_offset: null,
      has_more: false,
    });
  });

  test("treats a limit above 100 as 100, and accepts my_only in any case", async () => {
    const page = await world.get("/api/history/?limit=200", world.ann);
    expect(page).toEqual(await world.get("/api/history/?limit=100", world.ann));
    for (const flag of ["True", "TRUE"])
      expect(idsOf(await world.get(`/api/history/?my_only=${flag}`, world.ann))).toEqual(ids(1, 0));
  });

  test("has the token's email address unchanged, and the preferred name", async () => {
    const { results: list } = await world.get("/api/history/?my_only=true", world.ann);
    expect(list[0]).toMatchObject({ user_email: "ann@Example.com", user_identifier: "ann" });
  });
});

describe("GET /history/{id}/", () => {
  const DETAIL = {
    ...ROW,
    user: expect.any(Number),
    problem: expect.any(Number),
    result_summary: { passed: 1 },
    hints: [],
    test_results: [
      {
        test_case_id: expect.any(Number),
        passed: true,
        status: "passed",
        input: "1 2",
        expected: "3",
        output: "3",
        error: null,
      },
      {
        test_case_id: expect.any(Number),
        passed: false,
        status: "failed",
        input: "4 5",
        expected: "9",
        output: "8",
        error: "wrong",
      },
    ],
  };

  test("is the row with its results, with the problem's test cases added", async () => {
    const detail = await world.get(`/api/history/${rows[1].id}/`);
    expect(detail).toEqual(DETAIL);
    expect(detail).toMatchObject({ id: rows[1].id, problem: problem.id, user: rows[0].user });
  });

  test("shows test cases as they are now: changed ones with their changes, deleted ones as null", async () => {
    const other = await world.createProblem({ problem_id: "1001" });
    const path = `/api/problems/${other.id}/testcases/`;
    const [kept, gone] = await world.send("POST", path, world.admin, [
      { input: "a", output: "b" },
      { input: "c", output: "d" },
    ]);
    const { id } = await world.record(world.ann, other.id, {
      test_results: [kept, gone].map((testCase) => ({
        test_case_id: testCase.id,
        passed: true,
        status: "passed",
        output: "x",
      })),
    });
    await world.send("PUT", `${path}${kept.id}/`, world.admin, { input: "A", output: "B" });
    await world.send("DELETE", `${path}${gone.id}/`, world.admin, {});
    const { test_results } = await world.get(`/api/history/${id}/`, world.ann);
    expect(test_results).toMatchObject([
      { input: "A", expected: "B" },
      { input: null, expected: null },
    ]);
  });

  test("is a 404 for a private row of another user", async () => {
    const path = `/api/history/${rows[0].id}/`;
    expect((await world.call(path)).status).toBe(404);
    expect((await world.call(path, { as: world.bob.token })).status).toBe(404);
    expect((await world.call(path, { as: world.admin.token })).status).toBe(404);
    expect((await world.get(path, world.ann)).id).toBe(rows[0].id);
  });
});

test("POST /history/ accepts null for results, as if they were left out", async () => {
  const { id } = await world.record(world.ann, problem.id, { test_results: null });
  expect(await world.get(`/api/history/${id}/`, world.ann)).toHaveProperty("test_results", []);
});

describe("GET /history/{id}/hints/", () => {
  test("is an empty list until there are hints", async () => {
    expect(await world.get(`/api/history/${rows[1].id}/hints/`)).toEqual({
      status: "not_generated",
      hints: [],
    });
    const { id } = await world.record(world.ann, problem.id, { is_code_public: true });
    expect(await world.get(`/api/history/${id}/hints/`)).toEqual({
      status: "not_needed",
      hints: [],
    });
  });

  test("returns texts and titled texts as they were stored", async () => {
    const { id } = await world.record(world.ann, problem.id, { is_code_public: true });
    const hints = ["Read again", { title: "Edge", content: "0" }];
    expect(await world.send("PATCH", `/api/history/${id}/`, world.ann, { hints })).toMatchObject({
      hints,
      has_hints: true,
    });
    expect(await world.get(`/api/history/${id}/hints/`)).toEqual({ status: "available", hints });
    await world.send("PATCH", `/api/history/${id}/`, world.ann, { is_code_public: false });
    expect((await world.call(`/api/history/${id}/hints/`)).status).toBe(404);
    expect((await world.get(`/api/history/${id}/hints/`, world.ann)).hints).toEqual(hints);
  });
});

describe("GET /account/stats/", () => {
  test("counts only the caller's executions", async () => {
    expect(await world.get("/api/account/stats/", world.bob)).toEqual({
      total_executions: 2,
      by_platform: { baekjoon: 2 },
      by_language: { python: 2 },
      total_problems: 1,
      passed_executions: 0,
      failed_executions: 2,
    });
  });

  test("is zeros and empty objects for a user without executions", async () => {
    expect(await world.get("/api/account/stats/", world.admin)).toEqual({
      total_executions: 0,
      by_platform: {},
      by_language: {},
      total_problems: 0,
      passed_executions: 0,
      failed_executions: 0,
    });
  });
});

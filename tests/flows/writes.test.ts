import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execution, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const asAdmin = (method: string, path: string, body: unknown) =>
  world.call(path, { method, as: world.admin.token, body: JSON.stringify(body) });

describe("POST /problems/", () => {
  test("creates a draft unless it is completed, and answers as its own GET would", async () => {
    const response = await asAdmin("POST", "/api/problems/", {
      platform: "baekjoon",
      problem_id: 1000,
      title: "A+B",
      solution_code: "print()",
    });
    const problem: Json = await response.json();
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`/api/problems/${problem.id}/`);
    expect(problem).toMatchObject({
      problem_id: "1000",
      is_completed: false,
      test_cases: [],
      tags: [],
    });
    expect(problem).toEqual(await world.get(`/api/problems/${problem.id}/`, world.admin));
    expect(await world.get("/api/problems/")).toEqual([]);
  });

  test.each([
    ["https://codeforces.com/problemset/problem/1234/A", "codeforces", "1234A"],
    ["https://codeforces.com/contest/1234/problem/c1", "codeforces", "1234C1"],
    ["http://www.codeforces.com/gym/102001/problem/B", "codeforces", "102001B"],
    ["https://www.acmicpc.net/problem/2557", "baekjoon", "2557"],
  ])("reads platform and problem_id from %s", async (problem_url, platform, problem_id) => {
    expect(
      await world.send("POST", "/api/problems/", world.admin, { problem_url }, 201),
    ).toMatchObject({ platform, problem_id, problem_url });
  });

  test("is a 409 when the platform already has the problem_id, in drafts and deleted problems too", async () => {
    const { id } = await world.createProblem({ problem_id: "77", is_completed: false });
    const again = () =>
      asAdmin("POST", "/api/problems/", { platform: "baekjoon", problem_id: "77", title: "Again" });
    expect((await again()).status).toBe(409);
    await world.send("DELETE", `/api/problems/${id}/`, world.admin, {});
    expect((await again()).status).toBe(409);
    expect(
      (
        await asAdmin("POST", "/api/problems/", {
          platform: "other",
          problem_id: "77",
          title: "Elsewhere",
        })
      ).status,
    ).toBe(201);
  });
});

describe("PATCH and DELETE of a problem", () => {
  test("change the fields that they name, and answer with the new state", async () => {
    const { id } = await world.createProblem({ is_completed: false });
    const changed = await world.send("PATCH", `/api/problems/${id}/`, world.admin, {
      title: "New",
      tags: ["dp"],
      is_completed: true,
    });
    expect(changed).toMatchObject({ id, title: "New", tags: ["dp"], is_completed: true });
    expect(changed).toEqual(await world.get(`/api/problems/${id}/`, world.admin));
    expect(await world.send("PATCH", `/api/problems/${id}/`, world.admin, {}, 200)).toEqual(
      changed,
    );
  });

  test("move a problem to another platform and problem_id, or answer 409 when another problem has them", async () => {
    const { id } = await world.createProblem({ problem_id: "501" });
    await world.createProblem({ problem_id: "502" });
    await world.send("PATCH", `/api/problems/${id}/`, world.admin, { problem_id: "503" });
    expect((await world.call("/api/problems/baekjoon/501/")).status).toBe(404);
    expect(await world.get("/api/problems/baekjoon/503/")).toMatchObject({ id });
    expect((await asAdmin("PATCH", `/api/problems/${id}/`, { problem_id: "502" })).status).toBe(
      409,
    );
  });

  test("hide a deleted problem from everyone but admins, who can bring it back", async () => {
    const { id } = await world.createProblem({ problem_id: "601" });
    expect(await world.send("DELETE", `/api/problems/${id}/`, world.admin, {}, 200)).toEqual({
      message: expect.any(String),
    });
    expect((await world.call(`/api/problems/${id}/`)).status).toBe(404);
    expect((await world.call(`/api/problems/${id}/`, { as: world.admin.token })).status).toBe(200);
    await world.send("PATCH", `/api/problems/${id}/`, world.admin, { is_deleted: false });
    expect(await world.get("/api/problems/baekjoon/601/")).toMatchObject({ id });
  });

  test("delete by platform and problem_id too", async () => {
    const { id } = await world.createProblem({ problem_id: "701" });
    expect(await world.send("DELETE", "/api/problems/baekjoon/701", world.admin, {}, 200)).toEqual({
      message: expect.stringMatching(/deleted successfully$/),
    });
    expect((await world.call(`/api/problems/${id}/`)).status).toBe(404);
  });
});

describe("test cases", () => {
  test("are added one by one or in a list, and counted", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/testcases/`;
    const response = await asAdmin("POST", path, { input: "1", output: "2" });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(path);
    const one = await response.json();
    expect(one).toEqual({ id: expect.any(Number), input: "1", output: "2" });
    const many = await world.send(
      "POST",
      path,
      world.admin,
      Array.from({ length: 100 }, (_, n) => ({ input: `${n}`, output: "x" })),
      201,
    );
    expect(many).toHaveLength(100);
    expect(await world.get(path)).toEqual([one, ...many]);
    expect((await world.get(`/api/problems/${id}/`)).test_case_count).toBe(101);
  });

  test("are added all or none", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/testcases/`;
    expect((await asAdmin("POST", path, [{ input: "1", output: "2" }, { input: 3 }])).status).toBe(
      400,
    );
    expect(
      (
        await asAdmin(
          "POST",
          path,
          Array.from({ length: 101 }, () => ({ input: "", output: "" })),
        )
      ).status,
    ).toBe(400);
    expect((await asAdmin("POST", path, [])).status).toBe(400);
    expect(
      (
        await asAdmin("POST", path, [
          { input: "1", output: "2" },
          { input: "x".repeat(420_000), output: "" },
        ])
      ).status,
    ).toBe(413);
    expect(await world.get(path)).toEqual([]);
    expect((await world.get(`/api/problems/${id}/`)).test_case_count).toBe(0);
  });

  test("are changed and removed one by one", async () => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/testcases/`;
    const [first, second] = await world.send("POST", path, world.admin, [
      { input: "a", output: "b" },
      { input: "c", output: "d" },
    ]);
    expect(
      await world.send("PUT", `${path}${first.id}/`, world.admin, { input: "A", output: "B" }, 200),
    ).toEqual({ id: first.id, input: "A", output: "B" });
    expect(await world.send("DELETE", `${path}${second.id}`, world.admin, {}, 200)).toEqual({
      message: expect.stringMatching(/deleted successfully$/),
    });
    expect(await world.get(path)).toEqual([{ id: first.id, input: "A", output: "B" }]);
    expect((await asAdmin("DELETE", `${path}${second.id}/`, {})).status).toBe(404);
    expect((await asAdmin("PUT", `${path}${second.id}/`, { input: "", output: "" })).status).toBe(
      404,
    );
  });
});

describe("executions", () => {
  test("are recorded with a Location, as their own GET shows them to the caller", async () => {
    const { id: problemId } = await world.createProblem();
    const body = JSON.stringify(
      execution(problemId, { result_summary: { nested: [1, null, "x"] } }),
    );
    const response = await world.call("/api/history/", {
      method: "POST",
      as: world.ann.token,
      body,
    });
    expect(response.status).toBe(201);
    const row: Json = await response.json();
    expect(response.headers.get("location")).toBe(`/api/history/${row.id}/`);
    expect(row).toMatchObject({
      problem: problemId,
      result_summary: { nested: [1, null, "x"] },
      test_results: [],
      hints: [],
    });
    expect(row).toEqual(await world.get(`/api/history/${row.id}/`, world.ann));
    expect((await world.get(`/api/problems/${problemId}/`)).execution_count).toBe(1);
  });

  test("can be changed only by their owner", async () => {
    const { id: problemId } = await world.createProblem();
    const { id } = await world.record(world.ann, problemId);
    const path = `/api/history/${id}/`;
    const patch = (token: string) =>
      world.call(path, { method: "PATCH", as: token, body: '{"is_code_public":true}' });
    expect((await patch(world.bob.token)).status).toBe(404);
    expect((await patch(world.ann.token)).status).toBe(200);
    expect((await patch(world.bob.token)).status).toBe(403);
    expect(await world.get(path)).toMatchObject({ is_code_public: true, code: "print(1)" });
  });

  test("of a problem that the caller may not see are a 404", async () => {
    const { id } = await world.createProblem({ is_completed: false });
    const response = await world.call("/api/history/", {
      method: "POST",
      as: world.ann.token,
      body: JSON.stringify(execution(id)),
    });
    expect(response.status).toBe(404);
  });
});

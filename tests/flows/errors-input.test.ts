import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, ask, contractError, errorOf } from "./support/error-requests.ts";
import { execution, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe("400 names the bad fields of", () => {
  const admin = { as: "admin", method: "POST" } as const;
  const bad: [string, Ask, string[]][] = [
    ["a page below 1", { path: "/api/problems/?page=0" }, ["page"]],
    ["a page_size below 1", { path: "/api/problems/?page_size=0" }, ["page_size"]],
    [
      "numbers with another spelling",
      { path: "/api/problems/?page=01&page_size=1e1" },
      ["page", "page_size"],
    ],
    [
      "a search over 100 characters",
      { path: `/api/problems/?search=${"x".repeat(101)}` },
      ["search"],
    ],
    ["a repeated parameter", { path: "/api/problems/?platform=a&platform=b" }, ["platform"]],
    ["a query that is not UTF-8", { path: "/api/problems/?search=%ff" }, ["query"]],
    ["an id that is not a number", { path: "/api/problems/abc/" }, ["id"]],
    ["an id with a leading zero", { path: "/api/problems/007/" }, ["id"]],
    [
      "a limit below 1 and an offset below 0",
      { path: "/api/history/?limit=0&offset=-1" },
      ["limit", "offset"],
    ],
    ["a flag that is neither true nor false", { path: "/api/history/?my_only=maybe" }, ["my_only"]],
    ["a body that is not JSON", { ...admin, path: "/api/problems/", body: "{" }, ["body"]],
    ["an empty body", { ...admin, path: "/api/problems/" }, ["body"]],
    [
      "a body of another type",
      {
        ...admin,
        path: "/api/problems/",
        body: "a=b",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
      ["body"],
    ],
    ["a body of another shape", { ...admin, path: "/api/problems/", body: [] }, ["body"]],
    [
      "wrong fields of a problem",
      {
        ...admin,
        path: "/api/problems/",
        body: { platform: 1, problem_id: {}, tags: "dp", is_completed: "yes" },
      },
      ["is_completed", "problem_id", "tags"],
    ],
    [
      "a problem without platform, and with a URL that names none",
      {
        ...admin,
        path: "/api/problems/",
        body: { title: "x", problem_url: "https://example.com/" },
      },
      ["platform"],
    ],
    [
      "a test case in a list",
      {
        ...admin,
        path: "/api/problems/1/testcases/",
        body: [
          { input: "", output: "" },
          { input: 1, output: "" },
        ],
      },
      ["1.input"],
    ],
    [
      "an execution",
      {
        as: "ann",
        method: "POST",
        path: "/api/history/",
        body: { ...execution(1), passed_count: -1, code: null },
      },
      ["code", "passed_count"],
    ],
    [
      "a summary nested 3,000 levels deep",
      {
        as: "ann",
        method: "POST",
        path: "/api/history/",
        body: JSON.stringify({ ...execution(1), result_summary: "?" }).replace(
          '"?"',
          "[".repeat(3_000) + "]".repeat(3_000),
        ),
      },
      ["body"],
    ],
    [
      "hints",
      {
        as: "ann",
        method: "PATCH",
        path: "/api/history/1/",
        body: { hints: [{ title: "no content" }] },
      },
      ["hints.0.content"],
    ],
  ];
  test.each(bad)("%s", async (_, request, paths) => {
    const error = await errorOf(await ask(world, request));
    expect(error).toEqual(contractError(400));
    const { errors } = error.document;
    expect(errors.map(({ path }: Json) => path).toSorted()).toEqual(paths);
    for (const { message } of errors) expect(message).toMatch(/\w/);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execution, type Json, startWorld, type World } from "./support.ts";

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
};

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000" });
});
afterAll(() => world.close());

interface Ask {
  method?: string;
  path: string;
  as?: "admin" | "ann";
  body?: unknown;
  headers?: Record<string, string>;
}

function ask({ method = "GET", path, as, body, headers = {} }: Ask): Promise<Response> {
  return world.call(path, {
    method,
    headers,
    ...(as && { as: world[as].token }),
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

async function expectError(response: Response, status: number): Promise<Json> {
  const document: Json = await response.json();
  expect(response.status).toBe(status);
  expect(document).toMatchObject({
    error: expect.any(String),
    type: "about:blank",
    title: TITLES[status],
    status,
    detail: document.error,
  });
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toContain("no-cache");
  return document;
}

describe("400 names the bad fields of", () => {
  const admin = { as: "admin", method: "POST" } as const;
  const bad: [string, Ask, string[]][] = [
    ["a page below 1", { path: "/api/problems/?page=0" }, ["page"]],
    ["a page_size over 200", { path: "/api/problems/?page_size=201" }, ["page_size"]],
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
    ["an id that is no number", { path: "/api/problems/abc/" }, ["id"]],
    ["an id with a leading zero", { path: "/api/problems/007/" }, ["id"]],
    [
      "a limit over 100 and an offset below 0",
      { path: "/api/history/?limit=101&offset=-1" },
      ["limit", "offset"],
    ],
    ["a flag that is neither true nor false", { path: "/api/history/?my_only=maybe" }, ["my_only"]],
    ["a body that is no JSON", { ...admin, path: "/api/problems/", body: "{" }, ["body"]],
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
      "a problem without platform and a URL that tells it",
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
    const { errors } = await expectError(await ask(request), 400);
    expect(errors.map(({ path }: Json) => path).toSorted()).toEqual(paths);
    for (const { message } of errors) expect(message).toMatch(/\w/);
  });
});

describe("404", () => {
  test.each([
    ["GET", "/api/problems/999999/"],
    ["GET", "/api/problems/baekjoon/nothing/"],
    ["GET", "/api/problems/999999/testcases/"],
    ["GET", "/api/history/999999/"],
    ["GET", "/api/history/999999/hints/"],
    ["PATCH", "/api/problems/999999/"],
    ["DELETE", "/api/problems/999999/"],
    ["DELETE", "/api/problems/baekjoon/nothing/"],
    ["PUT", "/api/problems/999999/testcases/1/"],
    ["DELETE", "/api/problems/999999/testcases/1/"],
    ["PATCH", "/api/history/999999/"],
  ])("is the answer to %s %s", async (method, path) => {
    const body = method === "GET" ? undefined : { input: "", output: "" };
    await expectError(await ask({ method, path, as: "admin", body }), 404);
  });

  test.each([
    ["GET", "/api/nothing/"],
    ["GET", "/"],
    ["GET", "/api"],
    ["POST", "/api/account/stats/"],
    ["PATCH", "/api/problems/"],
    ["GET", "/api/problems/1/2/3/4/"],
  ])(
    "and never a 401 is the answer to the unknown %s %s, with any token or none",
    async (method, path) => {
      await expectError(await ask({ method, path }), 404);
      await expectError(await ask({ method, path, as: "ann" }), 404);
      await expectError(
        await ask({ method, path, headers: { authorization: "Bearer broken" } }),
        404,
      );
    },
  );
});

describe("401 and 403", () => {
  const protectedPaths = ["/api/account/stats/", "/api/problems/drafts/", "/api/ops/cache/stats/"];

  test("a missing or bad token is refused by the gateway on protected paths", async () => {
    for (const path of protectedPaths) {
      for (const headers of [undefined, { authorization: "Bearer x.y.z" }]) {
        const response = await world.call(path, headers ? { headers } : {});
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
      }
    }
  });

  test("a bad token is refused on open paths too: a client must not be taken for signed out", async () => {
    const expired = await world.issueToken({ sub: "ann", exp: 1 });
    const foreign = await world.issueToken({ sub: "ann", iss: "https://elsewhere.example" });
    const audience = await world.issueToken({ sub: "ann", aud: "another" });
    for (const token of [expired, foreign, audience, "x.y.z", "broken"]) {
      for (const path of ["/api/problems/", `/api/problems/${problem.id}/`, "/api/history/"]) {
        const response = await world.call(path, { as: token });
        await expectError(response, 401);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
      }
    }
  });

  test.each([
    ["GET", "/api/problems/drafts/"],
    ["GET", "/api/problems/registered/"],
    ["POST", "/api/problems/"],
    ["PATCH", "/api/problems/1/"],
    ["DELETE", "/api/problems/1/"],
    ["DELETE", "/api/problems/baekjoon/1000/"],
    ["POST", "/api/problems/1/testcases/"],
    ["PUT", "/api/problems/1/testcases/1/"],
    ["DELETE", "/api/problems/1/testcases/1/"],
    ["GET", "/api/ops/cache/stats/"],
    ["GET", "/api/ops/cache/keys/"],
    ["POST", "/api/ops/cache/invalidate/"],
    ["POST", "/api/ops/cache/warm/"],
    ["POST", "/api/ops/cache/clear/"],
  ])("%s %s is a 403 for a user who is no admin, and changes nothing", async (method, path) => {
    await expectError(
      await ask({ method, path, as: "ann", ...(method !== "GET" && { body: {} }) }),
      403,
    );
    expect(await world.get("/api/problems/baekjoon/1000/")).toMatchObject({ id: problem.id });
  });

  test("no header makes an admin, and none makes another user", async () => {
    const headers = {
      "x-admin": "true",
      "x-user-id": world.admin.sub,
      "x-amzn-oidc-identity": world.admin.sub,
      cookie: `sub=${world.admin.sub}`,
    };
    const detail: Json = await (
      await world.call(`/api/problems/${problem.id}/`, { headers })
    ).json();
    expect(detail.solution_code).toBeNull();
  });
});

test("409 says what is in the way", async () => {
  const body = { platform: "baekjoon", problem_id: "1000", title: "Again" };
  await expectError(await ask({ method: "POST", path: "/api/problems/", as: "admin", body }), 409);
});

describe("413 names the limit", () => {
  test("of an item of the database, in a problem, a test case and an execution", async () => {
    const long = "가".repeat(140_000);
    const answers = await Promise.all([
      ask({
        method: "PATCH",
        path: `/api/problems/${problem.id}/`,
        as: "admin",
        body: { constraints: long },
      }),
      ask({
        method: "POST",
        path: `/api/problems/${problem.id}/testcases/`,
        as: "admin",
        body: { input: long, output: "" },
      }),
      ask({
        method: "POST",
        path: "/api/history/",
        as: "ann",
        body: execution(problem.id, { code: long }),
      }),
    ]);
    for (const response of answers)
      expect((await expectError(response, 413)).error).toMatch(/400 ?K/);
  });
});

describe("the media type", () => {
  test("of an error is a problem document's when Accept asks for it", async () => {
    const response = await ask({
      path: "/api/nothing/",
      headers: { accept: "application/problem+json" },
    });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("vary")).toContain("Accept,");
    expect(await response.json()).toMatchObject({ error: expect.any(String), status: 404 });
  });

  test("of a remembered 404 is negotiated each time anew", async () => {
    const types = [];
    for (const accept of ["application/json", "application/problem+json", "*/*"]) {
      types.push(
        (await ask({ path: "/api/problems/888888/", headers: { accept } })).headers.get(
          "content-type",
        ),
      );
    }
    expect(types).toEqual(["application/json", "application/problem+json", "application/json"]);
  });
});

import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, ask, contractError, errorOf } from "./support/error-requests.ts";
import { execution, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000" });
});
afterAll(() => world.close());

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
    const error = await errorOf(await ask(world, { method, path, as: "admin", body }));
    expect(error).toEqual(contractError(404));
    expect(error.document.error).toMatch(/not found$/);
  });

  test.each([
    ["GET", "/api/nothing/"],
    ["GET", "/"],
    ["GET", "/api"],
    ["GET", "/api/problems/1/2/3/4/"],
  ])(
    "and never a 401 is the answer to the unknown %s %s, with and without a token",
    async (method, path) => {
      expect(await withAnyToken({ method, path })).toEqual(Array(3).fill(contractError(404)));
    },
  );
});

describe("405", () => {
  test.each([
    ["POST", "/api/account/stats/", "GET, HEAD, OPTIONS"],
    ["PATCH", "/api/problems/", "GET, HEAD, POST, OPTIONS"],
    ["PUT", "/api/problems/1", "GET, HEAD, PATCH, DELETE, OPTIONS"],
  ])(
    "and never a 401 is the answer to %s %s, with and without a token",
    async (method, path, allow) => {
      expect(await withAnyToken({ method, path })).toEqual(Array(3).fill(contractError(405)));
      expect((await ask(world, { method, path })).headers.get("allow")).toBe(allow);
    },
  );
});

/** The errors that a request gets without a token, with a good one and with a broken one. */
function withAnyToken(request: Ask): Promise<unknown[]> {
  const broken = { ...request, headers: { authorization: "Bearer broken" } };
  const requests: Ask[] = [request, { ...request, as: "ann" }, broken];
  return Promise.all(requests.map(async (asked) => errorOf(await ask(world, asked))));
}

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

  test("a bad token is refused on open paths too, where a signed-out user's answer would mislead the client", async () => {
    const expired = await world.issueToken({ sub: "ann", exp: 1 });
    const foreign = await world.issueToken({ sub: "ann", iss: "https://elsewhere.example" });
    const audience = await world.issueToken({ sub: "ann", aud: "another" });
    for (const token of [expired, foreign, audience, "x.y.z", "broken"]) {
      for (const path of ["/api/problems/", `/api/problems/${problem.id}/`, "/api/history/"]) {
        const response = await world.call(path, { as: token });
        expect(await errorOf(response)).toEqual(contractError(401));
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
  ])("%s %s is a 403 for a user who is not an admin, and changes nothing", async (method, path) => {
    expect(
      await errorOf(
        await ask(world, { method, path, as: "ann", ...(method !== "GET" && { body: {} }) }),
      ),
    ).toEqual(contractError(403));
    expect(await world.get("/api/problems/baekjoon/1000/")).toMatchObject({ id: problem.id });
  });

  test("no header makes its sender an admin or another user", async () => {
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

test("409 names the conflict", async () => {
  const body = { platform: "baekjoon", problem_id: "1000", title: "Again" };
  expect(
    await errorOf(await ask(world, { method: "POST", path: "/api/problems/", as: "admin", body })),
  ).toEqual(contractError(409));
});

describe("413 names the limit", () => {
  test("of an item of the database, in a problem, a test case and an execution", async () => {
    const long = "가".repeat(140_000);
    const answers = await Promise.all([
      ask(world, {
        method: "PATCH",
        path: `/api/problems/${problem.id}/`,
        as: "admin",
        body: { constraints: long },
      }),
      ask(world, {
        method: "POST",
        path: `/api/problems/${problem.id}/testcases/`,
        as: "admin",
        body: { input: long, output: "" },
      }),
      ask(world, {
        method: "POST",
        path: "/api/history/",
        as: "ann",
        body: execution(problem.id, { code: long }),
      }),
    ]);
    for (const response of answers) {
      const error = await errorOf(response);
      expect(error).toEqual(contractError(413));
      expect(error.document.error).toMatch(/400 ?K/);
    }
  });
});

test("a write whose answer exceeds 6 MB is done, and the answer says so, with and without a content coding", async () => {
  const { id } = await world.createProblem();
  const path = `/api/problems/${id}/`;
  // Random bytes in base64: a coding saves a quarter of the text, and base64 of the coded answer adds it again.
  const cases = () =>
    Array.from({ length: 6 }, () => ({
      input: randomBytes(270_000).toString("base64"),
      output: "",
    }));
  for (let times = 0; times < 3; times += 1)
    await world.send("POST", `${path}testcases/`, world.admin, cases(), 201);
  for (const coding of ["identity", "br"]) {
    const title = `Changed by ${coding}`;
    const response = await ask(world, {
      method: "PATCH",
      path,
      as: "admin",
      headers: { "accept-encoding": coding },
      body: { title },
    });
    expect([response.status, response.headers.get("location")]).toEqual([200, path]);
    expect(await response.json()).toEqual({ message: expect.stringContaining("6 MB") });
    expect(await world.get("/api/problems/")).toContainEqual(
      expect.objectContaining({ id, title }),
    );
  }
});

describe("the media type", () => {
  test("of an error is that of a problem document when Accept asks for it", async () => {
    const response = await ask(world, {
      path: "/api/nothing/",
      headers: { accept: "application/problem+json" },
    });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("vary")).toContain("Accept,");
    expect(await response.json()).toMatchObject({ error: expect.any(String), status: 404 });
  });

  test("of a cached 404 is negotiated for each request", async () => {
    const types = [];
    for (const accept of ["application/json", "application/problem+json", "*/*"]) {
      types.push(
        (await ask(world, { path: "/api/problems/888888/", headers: { accept } })).headers.get(
          "content-type",
        ),
      );
    }
    expect(types).toEqual(["application/json", "application/problem+json", "application/json"]);
  });
});

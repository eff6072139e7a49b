import { handler as notFound } from "@algoitny/functions/http/not-found";
import {
  deployedRoutes,
  pageRoutes,
  PREFLIGHT_ROUTE,
  routes,
  spellings,
} from "@algoitny/functions/deployment/routes";
import { THROTTLE_DEFAULT, throttleOf } from "@algoitny/functions/deployment/throttle";
import { describe, expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";

describe("deployed routes", () => {
  const keys = deployedRoutes().map(({ key }) => key);

  test("answer each path with and without its trailing slash", () => {
    expect(spellings("GET /api/problems/{id}/")).toEqual([
      "GET /api/problems/{id}/",
      "GET /api/problems/{id}",
    ]);
    expect(keys).toEqual(
      expect.arrayContaining(["GET /api/problems/{id}/", "GET /api/problems/{id}"]),
    );
  });

  test("answer HEAD wherever they answer GET, with the same protection", () => {
    const gets = deployedRoutes().filter(({ key }) => key.startsWith("GET "));
    for (const { key, file, auth } of gets) {
      expect(deployedRoutes()).toContainEqual({ key: key.replace("GET", "HEAD"), file, auth });
    }
    expect(gets.length).toBeGreaterThan(0);
  });

  test("answer preflights without a token, with a higher throttle than unknown paths", () => {
    expect(deployedRoutes()).toContainEqual({
      key: PREFLIGHT_ROUTE,
      file: "not-found",
      auth: "none",
    });
    expect(throttleOf(PREFLIGHT_ROUTE).ratePerSecond).toBe(2_000);
    expect(throttleOf(PREFLIGHT_ROUTE).burst).toBeGreaterThan(THROTTLE_DEFAULT.burst);
  });

  test("are unique and fit in one HTTP API", () => {
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeLessThanOrEqual(300);
  });
});

test("the dashboard is public, and signing in has the throttle of operators' requests", () => {
  expect(keysOf("/ops/")).toEqual(["GET /ops/", "GET /ops", "HEAD /ops/", "HEAD /ops"]);
  expect(keysOf("/ops/{file}")).toEqual(["GET /ops/{file}", "HEAD /ops/{file}"]);
  expect(throttleOf("POST /ops/token")).toEqual(throttleOf("POST /api/ops/cache/clear/"));
});

const keysOf = (path: string) =>
  deployedRoutes()
    .filter(
      ({ key, auth }) =>
        auth === "none" && [path, path.replace(/\/$/, "")].includes(key.split(" ")[1] ?? ""),
    )
    .map(({ key }) => key);

test("every route that writes or administers requires a token; in GraphQL each such field does", () => {
  const open = Object.entries(routes).filter(
    ([route, { auth }]) =>
      auth === "none" && !route.startsWith("GET ") && !route.includes("/graphql/"),
  );
  expect(open).toEqual([]);
  const ops = Object.entries(routes).filter(([route]) => route.includes("/ops/"));
  for (const [route, { auth }] of ops)
    expect([route, auth]).toEqual([route, route.startsWith("GET ") ? "viewer" : "admin"]);
});

describe("a request without a matching route", () => {
  test.each(["/", "/api", "/api/"])("GET %s names the page of the documentation", async (path) => {
    const { statusCode, body } = await notFound(httpEvent({ path }));
    expect(statusCode).toBe(404);
    expect(body).toContain(`GET ${path} not found: the API is described at /api/docs/`);
  });

  test.each(["/", "/api/problems/", "/nothing"])(
    "OPTIONS %s is a 204 without a body",
    async (path) => {
      const answer = await notFound(httpEvent({ method: "OPTIONS", path }));
      expect(answer.statusCode).toBe(204);
      expect(answer.body).toBeUndefined();
    },
  );

  test.each([
    ["PUT", "/api/problems/", "GET, HEAD, POST, OPTIONS"],
    ["TRACE", "/api/problems", "GET, HEAD, POST, OPTIONS"],
    ["POST", "/api/problems/7/", "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["PATCH", "/api/problems/drafts/", "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["GET", "/api/ops/cache/clear/", "POST, OPTIONS"],
  ])("%s %s is a 405 that lists %s", async (method, path, allow) => {
    const answer = await notFound(httpEvent({ method, path }));
    expect([answer.statusCode, answer.headers?.["allow"]]).toEqual([405, allow]);
  });

  test.each(["/api/problems/7/8/9/", "/api/problems//", "/api/history/{id}/more/"])(
    "another method of the unknown path %s is a 404",
    async (path) => {
      expect((await notFound(httpEvent({ method: "PUT", path }))).statusCode).toBe(404);
    },
  );

  test.each(["GET", "HEAD", "TRACE"])("%s is a 404", async (method) => {
    expect((await notFound(httpEvent({ method, path: "/nothing" }))).statusCode).toBe(404);
  });
});

test("an endpoint's route keys share the throttle of its class, most of it for the usual spelling", () => {
  const sumOf = (route: string) => {
    const methods = route.startsWith("GET ") ? [route, route.replace("GET ", "HEAD ")] : [route];
    const keys = methods.flatMap(spellings);
    return keys.map((key) => throttleOf(key).ratePerSecond).reduce((sum, each) => sum + each);
  };
  expect(sumOf("GET /api/problems/")).toBe(2_000);
  expect(sumOf("POST /api/problems/")).toBe(200);
  expect(sumOf("POST /api/history/")).toBe(2_250);
  expect(throttleOf("GET /api/problems/").ratePerSecond).toBe(1_600);
});

test("a path that has one spelling has the usual share", () => {
  const single = Object.keys({ ...routes, ...pageRoutes }).filter((route) => !route.endsWith("/"));
  const shares = single.map((route) => [route, throttleOf(route).ratePerSecond]);
  expect(Object.fromEntries(shares)).toEqual({
    "GET /ops/{file}": 1_600,
    "GET /ops/config.json": 1_600,
    "POST /ops/token": 504,
  });
});

test("executions have a throttle of at least 2,000 a second, enough for a contest", () => {
  expect(throttleOf("POST /api/history/").ratePerSecond).toBeGreaterThanOrEqual(2_000);
  expect(throttleOf("POST /api/history/").burst).toBeGreaterThanOrEqual(4_000);
});

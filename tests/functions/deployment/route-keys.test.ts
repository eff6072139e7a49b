import { handler as notFound } from "@algoitny/functions/http/not-found";
import {
  deployedRoutes,
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

  test("take preflights without a token, with more room than unknown paths have", () => {
    expect(deployedRoutes()).toContainEqual({
      key: PREFLIGHT_ROUTE,
      file: "not-found",
      auth: "none",
    });
    expect(throttleOf(PREFLIGHT_ROUTE)).toEqual(throttleOf("GET /api/problems/"));
    expect(throttleOf(PREFLIGHT_ROUTE).burst).toBeGreaterThan(THROTTLE_DEFAULT.burst);
  });

  test("are unique and fit in one HTTP API", () => {
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeLessThanOrEqual(300);
  });
});

test("everything that writes or administers asks for a token", () => {
  const open = Object.entries(routes).filter(
    ([route, { auth }]) => auth === "none" && !route.startsWith("GET "),
  );
  expect(open).toEqual([]);
  const ops = Object.entries(routes).filter(([route]) => route.includes("/ops/"));
  expect(new Set(ops.map(([, { auth }]) => auth))).toEqual(new Set(["admin"]));
});

describe("requests that no route matches", () => {
  test.each(["/", "/api/problems/", "/nothing"])(
    "OPTIONS %s is a 204 without a body",
    async (path) => {
      const answer = await notFound(httpEvent({ method: "OPTIONS", path }));
      expect(answer.statusCode).toBe(204);
      expect(answer.body).toBeUndefined();
    },
  );

  test.each(["GET", "HEAD", "TRACE"])("%s is a 404", async (method) => {
    expect((await notFound(httpEvent({ method, path: "/nothing" }))).statusCode).toBe(404);
  });
});

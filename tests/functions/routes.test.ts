import { deployedRoutes, routes, spellings } from "@algoitny/functions/routes";
import { describe, expect, test } from "vitest";

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

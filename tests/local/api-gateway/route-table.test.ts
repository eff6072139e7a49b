import { describe, expect, test } from "vitest";
import { createRouteTable, decodePath } from "@algoitny/local/api-gateway/route-table";

function table(...keys: string[]) {
  const match = createRouteTable(keys.map((key) => ({ key, target: key, authorized: false })));
  return (method: string, path: string) => {
    const found = match(method, decodePath(path)!);
    return found && [found.route.key, found.pathParameters];
  };
}

describe("route selection", () => {
  // The example of AWS's documentation.
  const match = table(
    "$default",
    "ANY /{proxy+}",
    "GET /pets/{proxy+}",
    "GET /pets/dog/{id}",
    "GET /pets/dog/1",
  );

  test.each([
    ["GET", "/pets/dog/1", "GET /pets/dog/1", undefined],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id}", { id: "2" }],
    ["GET", "/pets/cat/1", "GET /pets/{proxy+}", { proxy: "cat/1" }],
    ["POST", "/test/5", "ANY /{proxy+}", { proxy: "test/5" }],
    ["GET", "/", "$default", undefined],
  ])("%s %s → %s", (method, path, key, parameters) => {
    expect(match(method, path)).toEqual([key, parameters]);
  });

  test("does not depend on the order of the routes", () => {
    const reversed = table("GET /{id}/tests", "GET /{platform}/{name}", "GET /drafts/{name}");
    expect(reversed("GET", "/drafts/tests")).toEqual(["GET /drafts/{name}", { name: "tests" }]);
    expect(reversed("GET", "/7/tests")).toEqual(["GET /{id}/tests", { id: "7" }]);
    expect(reversed("GET", "/a/b")).toEqual([
      "GET /{platform}/{name}",
      { platform: "a", name: "b" },
    ]);
  });

  test.each([0, 1, 2, 3])(
    "does not depend on the places of routes with another length (%d)",
    (turns) => {
      const keys = ["GET /a/{id}", "GET /a", "GET /a/b", "GET /{x}/{y}/{z}"];
      const turned = table(...keys.slice(turns), ...keys.slice(0, turns));
      expect(turned("GET", "/a/b")).toEqual(["GET /a/b", undefined]);
    },
  );

  test("prefers a route's own method to ANY", () => {
    const both = table("ANY /a", "GET /a");
    expect(both("GET", "/a")).toEqual(["GET /a", undefined]);
    expect(both("PUT", "/a")).toEqual(["ANY /a", undefined]);
  });

  test("gives another method of a known path to $default, or to no route", () => {
    expect(table("$default", "GET /a")("POST", "/a")).toEqual(["$default", undefined]);
    expect(table("GET /a")("POST", "/a")).toBeUndefined();
    expect(table("GET /a")("HEAD", "/a")).toBeUndefined();
  });

  test("treats a path with a trailing slash as another path", () => {
    const bare = table("GET /a", "GET /b/{id}");
    expect(bare("GET", "/a/")).toBeUndefined();
    expect(bare("GET", "/b/1/")).toBeUndefined();
    expect(bare("GET", "/b/")).toBeUndefined();
  });
});

describe("path parameters", () => {
  const match = table("GET /problems/{platform}/{id}");

  test("are percent-decoded", () => {
    expect(match("GET", "/problems/a%20b/%EA%B0%80%2B")?.[1]).toEqual({
      platform: "a b",
      id: "가+",
    });
  });

  test("end at an encoded slash, which separates segments as a plain one does", () => {
    expect(match("GET", "/problems/a%2Fb/1")).toBeUndefined();
    expect(match("GET", "/problems%2Fa%2fb")?.[1]).toEqual({ platform: "a", id: "b" });
  });

  test("are decoded once", () => {
    expect(match("GET", "/problems/a%252Fb/1")?.[1]).toEqual({ platform: "a%2Fb", id: "1" });
  });

  test("end at an encoded question mark", () => {
    expect(match("GET", "/problems/a/b%3Fc/d")?.[1]).toEqual({ platform: "a", id: "b" });
  });

  test("a malformed escape makes no path", () => {
    expect(decodePath("/problems/%zz/1")).toBeUndefined();
    expect(decodePath("/problems/%ff/1")).toBeUndefined();
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testCloud, type TestCloud } from "../support/test-cloud.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await testCloud({ sample: true });
});
afterAll(() => cloud.close());

const statusOf = async (path: string, init: Parameters<TestCloud["call"]>[1] = {}) =>
  (await cloud.call(path, init)).status;

/** API Gateway decodes a path before it routes: an encoded slash is a slash, for the authorizer too. */
describe("a path with encoded slashes", () => {
  test("is the same resource as the plain one", async () => {
    const plain = await cloud.call("/api/problems/baekjoon/1000/");
    expect(plain.status).toBe(200);
    for (const path of ["/api/problems/baekjoon%2F1000/", "/api%2fproblems/baekjoon/1000%2F"]) {
      const encoded = await cloud.call(path);
      expect(encoded.status).toBe(200);
      expect(await encoded.text()).toBe(await plain.clone().text());
    }
  });

  test.each([
    ["POST", "/api%2Fops/cache/clear/"],
    ["POST", "/api/ops%2Fcache%2Fclear%2F"],
    ["GET", "/api/problems/drafts%2F"],
    ["GET", "/api%2Fproblems%2Fdrafts"],
    ["GET", "/api/account%2Fstats/"],
    ["DELETE", "/api/problems%2Fbaekjoon/1000/"],
  ])(
    "needs authorisation as the plain one: %s %s is a 401 without a token",
    async (method, path) => {
      expect(await statusOf(path, { method })).toBe(401);
    },
  );

  test("is a 404 if the decoded path is", async () => {
    expect(await statusOf("/api/problems/base%2Fkjoon/1000/")).toBe(404);
  });
});

test("a path that could be decoded twice is a 400", async () => {
  const as = cloud.tokens.admin;
  for (const text of ["10%252F00", "10%2500"]) {
    expect(await statusOf(`/api/problems/baekjoon/${text}/`)).toBe(400);
    expect(await statusOf(`/api/problems/baekjoon/${text}/`, { method: "DELETE", as })).toBe(400);
  }
});

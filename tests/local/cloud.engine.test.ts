import { THROTTLE_DEFAULT, throttleOf } from "@algoitny/functions/deployment/throttle";
import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { deployedRoutes } from "@algoitny/functions/deployment/routes";
import { gatewayRoutes } from "@algoitny/local/local-api";
import { startCloud } from "@algoitny/local/cloud";
import { testCloud, type TestCloud } from "../support/test-cloud.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await testCloud({ sample: true, instances: 2 });
});
afterAll(() => cloud.close());

const json = async (path: string, as?: string): Promise<unknown> => {
  const response = await cloud.call(path, as === undefined ? {} : { as });
  expect(response.status).toBe(200);
  return response.json();
};

const READS = [
  ["/api/problems/", "anyone"],
  ["/api/problems/?platform=codeforces&search=team", "anyone"],
  ["/api/problems/1/", "anyone"],
  ["/api/problems/baekjoon/1000/", "anyone"],
  ["/api/problems/1/testcases/", "anyone"],
  ["/api/problems/drafts/", "admin"],
  ["/api/problems/registered/", "admin"],
  ["/api/account/stats/", "user"],
  ["/api/history/", "anyone"],
  ["/api/history/?my_only=true", "user"],
  ["/api/history/3/", "user"],
] as const;

test.each(READS)(
  "%s is a miss, then a hit with the same bytes and no database read",
  async (path, who) => {
    const as = who === "anyone" ? {} : { as: cloud.tokens[who] };
    // A process stores a search at its second request.
    if (path.includes("search="))
      await cloud.call(path, { ...as, headers: { "x-local-instance": "0" } });
    // One of the two API processes twice, then the other.
    const [first, again, other] = [
      await cloud.call(path, { ...as, headers: { "x-local-instance": "0" } }),
      await cloud.call(path, { ...as, headers: { "x-local-instance": "0" } }),
      await cloud.call(path, { ...as, headers: { "x-local-instance": "1" } }),
    ];
    const body = await first.text();
    expect(first.headers.get("cache-status")).toMatch(/fwd=miss; stored/);
    // A search is computed from the parts that the process holds.
    const reads = path.includes("search=") ? /db;desc="0 reads"/ : /db;desc="[1-9]\d* reads?"/;
    expect(first.headers.get("server-timing")).toMatch(reads);
    for (const hit of [again, other]) {
      expect(hit.headers.get("cache-status")).toMatch(/^algoitny; hit/);
      expect(hit.headers.get("server-timing")).toContain('db;desc="0 reads"');
      expect(await hit.text()).toBe(body);
    }
  },
);

describe("the sample", () => {
  test("fills every list", async () => {
    expect(await json("/api/problems/")).toHaveLength(10);
    expect(await json("/api/problems/drafts/", cloud.tokens.admin)).toMatchObject({
      drafts: [{ title: "DFS와 BFS" }, { title: "최단경로" }],
    });
    expect(await json("/api/problems/1/testcases/")).toHaveLength(3);
    expect(await json("/api/history/")).toMatchObject({ count: 11, has_more: false });
    expect(await json("/api/history/?my_only=true", cloud.tokens.user)).toMatchObject({
      count: 11,
    });
    expect(await json("/api/history/1/hints/")).toMatchObject({ hints: [expect.anything(), {}] });
    expect(await json("/api/account/stats/", cloud.tokens.user)).toEqual({
      total_executions: 11,
      by_platform: { baekjoon: 7, codeforces: 4 },
      by_language: { cpp: 2, java: 1, python: 8 },
      total_problems: 7,
      passed_executions: 6,
      failed_executions: 5,
    });
  });

  test("was executed in the last days, not in the future", async () => {
    const { results } = (await json("/api/history/")) as { results: { created_at: string }[] };
    const agesMs = results.map(({ created_at }) => Date.now() - Date.parse(created_at));
    expect(Math.min(...agesMs)).toBeGreaterThan(0);
    expect(Math.max(...agesMs)).toBeLessThan(5 * 86_400_000);
    expect(agesMs).toEqual(agesMs.toSorted((one, other) => one - other));
  });

  test("has the passed and failed test cases of each execution", async () => {
    expect(await json("/api/history/1/")).toMatchObject({
      passed_count: 1,
      failed_count: 2,
      test_results: [
        { passed: true, input: "1 2\n", expected: "3\n", output: "3\n" },
        { passed: false, expected: "18\n", output: "0\n" },
        { passed: false },
      ],
    });
  });
});

test("every deployed route is served with its own throttle, and $default beside them", () => {
  const routes = gatewayRoutes();
  const keys = routes.map(({ key }) => key);
  for (const { key, throttle } of routes.slice(0, -1)) expect(throttle).toEqual(throttleOf(key));
  expect(routes.at(-1)?.throttle).toEqual(THROTTLE_DEFAULT);
  expect(keys).toEqual([...deployedRoutes().map(({ key }) => key), "$default"]);
  expect(new Set(keys).size).toBe(keys.length);
});

test("the issuer is found by discovery, and publishes the key that verifies its tokens", async () => {
  const found = await cloud.call("/.well-known/openid-configuration");
  const { jwks_uri: keys } = z.object({ jwks_uri: z.url() }).parse(await found.json());
  expect(await (await fetch(keys)).json()).toMatchObject({ keys: [{ kty: "RSA", alg: "RS256" }] });
});

test("a token of another issuer is a 401, from the authorizer and from handlers with optional tokens", async () => {
  const as = await cloud.issueToken({ sub: "x", iss: "https://else.example" });
  const gateway = await cloud.call("/api/account/stats/", { as });
  expect([gateway.status, await gateway.json()]).toEqual([401, { message: "Unauthorized" }]);
  const handler = await cloud.call("/api/history/", { as });
  expect([handler.status, await handler.json()]).toMatchObject([
    401,
    { error: expect.any(String) },
  ]);
  const unknown = await cloud.call("/api/nothing/", { as });
  expect(unknown.status).toBe(404);
});

test("a page of another origin may call the API, and read its answers", async () => {
  const origin = "http://localhost:3000";
  const preflight = await cloud.call("/api/no/such/path", {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "PATCH" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-methods")).toBe(
    "GET,HEAD,POST,PUT,PATCH,DELETE",
  );
  const response = await cloud.call("/api/problems/", { headers: { origin } });
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-expose-headers")).toContain("X-Total-Count");
  expect(response.headers.get("vary")).toContain("Origin");
});

test("requests are logged with their cache outcome and database reads", async () => {
  await cloud.call("/api/problems/2/");
  await cloud.call("/api/problems/2/");
  const lines = cloud.entries.filter(
    (entry) => entry.kind === "request" && entry.url === "/api/problems/2/",
  );
  expect(lines).toMatchObject([
    { method: "GET", status: 200, cache: "miss", databaseCalls: expect.toSatisfy((n) => n > 0) },
    { method: "GET", status: 200, cache: "hit", databaseCalls: 0 },
  ]);
});

test("schedules can be fired by hand, by admins", async () => {
  const fire = (name: string, body = "", as = cloud.tokens.admin) =>
    cloud.call(`/local/schedules/${name}`, { method: "POST", as, body });
  const fired = await fire("WarmProblems");
  expect([fired.status, await fired.json()]).toMatchObject([200, { failed: 0, left: 0 }]);
  const refused = [
    await fire("WarmProblems", "", cloud.tokens.user),
    await fire("constructor"),
    await fire("WarmProblems", "{"),
    await fire("WarmUserStats", '{"userIds":7}'),
    await cloud.call("/local/schedules/WarmProblems", { method: "POST" }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([403, 404, 400, 502, 401]);
  expect(await refused[1]?.json()).toEqual({
    error: "no schedule constructor: there are WarmProblems, WarmUserStats, GuardExperiments, Beat",
  });
});

test("requests beyond a route's throttle get a 429 that a browser can read, and other routes are not throttled", async () => {
  await using throttled = await testCloud({ throttle: { ratePerSecond: 1e-6, burst: 1 } });
  const headers = { origin: "http://localhost:3000" };
  const burst = [1, 2, 3].map(() => throttled.call("/api/nothing/", { headers }));
  const refused = (await Promise.all(burst)).filter(({ status }) => status === 429);
  expect(refused).toHaveLength(2);
  expect(await refused[0]?.json()).toEqual({ message: "Too Many Requests" });
  expect(refused[0]?.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect((await throttled.call("/api/problems/", { headers })).status).toBe(200);
});

test("a cloud that cannot start rejects with the reason", async () => {
  const { port } = new URL(cloud.url);
  await expect(startCloud({ port: Number(port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
  const dynamodb = { endpoint: "http://127.0.0.1:1" };
  await expect(startCloud({ redis: { engine: "embedded" }, dynamodb })).rejects.toThrow(
    "no DynamoDB answers at http://127.0.0.1:1: check DYNAMODB_ENDPOINT",
  );
});

import { LOCAL_ORIGINS } from "@algoitny/local/local-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "../support/people.ts";

const [ORIGIN] = LOCAL_ORIGINS;
const EXPOSED = [
  "ETag",
  "Link",
  "Location",
  "X-Total-Count",
  "Cache-Status",
  "Age",
  "Server-Timing",
  "Retry-After",
];

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const list = (value: string | null) =>
  (value ?? "").split(/,\s*/).map((part) => part.toLowerCase());

describe("a preflight request", () => {
  test.each([
    "/api/problems/",
    "/api/history",
    "/api/account/stats/",
    "/api/ops/cache/clear/",
    "/api/nothing/",
    "/",
  ])("for %s is a 204 without a token, and lists what is allowed", async (path) => {
    const headers = {
      origin: ORIGIN,
      "access-control-request-method": "PATCH",
      "access-control-request-headers": "authorization,content-type",
    };
    const response = await world.call(path, { method: "OPTIONS", headers });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(list(response.headers.get("access-control-allow-methods"))).toEqual(
      expect.arrayContaining(["get", "head", "post", "put", "patch", "delete"]),
    );
    expect(list(response.headers.get("access-control-allow-headers"))).toEqual(
      expect.arrayContaining([
        "authorization",
        "content-type",
        "if-match",
        "if-none-match",
        "if-unmodified-since",
      ]),
    );
    expect(Number(response.headers.get("access-control-max-age"))).toBeGreaterThan(0);
  });
});

describe("every answer allows its origin and lists the headers that scripts may read", () => {
  const answers: [string, number, () => Promise<Response>][] = [
    ["a 200", 200, () => world.call("/api/problems/", { headers: { origin: ORIGIN } })],
    ["a 400", 400, () => world.call("/api/problems/?page=0", { headers: { origin: ORIGIN } })],
    [
      "a 401 of the gateway",
      401,
      () => world.call("/api/account/stats/", { headers: { origin: ORIGIN } }),
    ],
    [
      "a 401 of a handler",
      401,
      () => world.call("/api/problems/", { as: "x.y.z", headers: { origin: ORIGIN } }),
    ],
    [
      "a 403",
      403,
      () =>
        world.call("/api/problems/drafts/", { as: world.ann.token, headers: { origin: ORIGIN } }),
    ],
    ["a 404 of no route", 404, () => world.call("/api/nothing/", { headers: { origin: ORIGIN } })],
    [
      "a 413 of the gateway",
      413,
      () =>
        world.call("/api/problems/", {
          method: "POST",
          as: world.admin.token,
          headers: { origin: ORIGIN },
          body: "x".repeat(10 * 1024 * 1024 + 1),
        }),
    ],
    [
      "a 503",
      503,
      async () => {
        await world.redis.stop();
        try {
          return await world.call("/api/ops/cache/clear/", {
            method: "POST",
            as: world.admin.token,
            headers: { origin: ORIGIN },
            body: "{}",
          });
        } finally {
          await world.redis.start();
        }
      },
    ],
  ];
  test.each(answers)("%s", async (_, status, ask) => {
    const response = await ask();
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(list(response.headers.get("access-control-expose-headers"))).toEqual(
      expect.arrayContaining(EXPOSED.map((name) => name.toLowerCase())),
    );
    expect(list(response.headers.get("vary"))).toContain("origin");
  });

  test("but an origin that is not configured is not allowed, and no answer allows `*`", async () => {
    for (const headers of [{ origin: "https://evil.example" }, undefined]) {
      const response = await world.call("/api/problems/", headers ? { headers } : {});
      expect(response.status).toBe(200);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

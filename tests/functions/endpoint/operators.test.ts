import { ok } from "@algoitny/functions/endpoint/answer";
import { createPace } from "@algoitny/functions/endpoint/pace";
import { throttleOf } from "@algoitny/functions/deployment/throttle";
import { expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";
import { ADMIN, context, setup, USER } from "../support/test-endpoint.ts";

const VIEWER = { sub: "viewer", email: "viewer@example.com", admin: "[staff viewer]" };

/** A request with an unsigned token, as after the gateway's authorizer has verified it. */
function as(claims: Record<string, string>, inToken: object = claims) {
  const payload = Buffer.from(JSON.stringify(inToken)).toString("base64url");
  const headers = { authorization: `Bearer e30.${payload}.e30` };
  return httpEvent({ claims: claims, headers });
}

const viewer = () => as(VIEWER, { ...VIEWER, admin: ["staff", "viewer"] });

test("a viewer can read the stage's state, and change nothing", async () => {
  const { endpoint } = setup();
  const see = endpoint("GET /api/ops/cache/stats/", {}, async () => ok({}));
  const clear = endpoint("POST /api/ops/cache/clear/", {}, async () => ok({}));
  const statusOf = async (handler: typeof see, event: ReturnType<typeof as>) =>
    (await handler(event, context)).statusCode;
  expect(await statusOf(see, viewer())).toBe(200);
  expect(await statusOf(clear, viewer())).toBe(403);
  expect(await statusOf(see, as(ADMIN))).toBe(200);
  expect(await statusOf(clear, as(ADMIN))).toBe(200);
  expect(await statusOf(see, as(USER))).toBe(403);
});

test("an operator who sends too many requests gets a 429, and other operators do not", async () => {
  const { endpoint } = setup();
  const see = endpoint("GET /api/ops/cache/stats/", {}, async () => ok({}));
  const statuses = [];
  for (let request = 0; request < 60; request += 1)
    statuses.push((await see(viewer(), context)).statusCode);
  expect(statuses.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(statuses).toContain(429);
  expect((await see(as(ADMIN), context)).statusCode).toBe(200);
});

test("each operator may send five more requests every second", () => {
  let nowMs = 0;
  const requirePace = createPace(() => nowMs);
  const allowed = (requests: number) =>
    Array.from({ length: requests }, () => {
      try {
        requirePace("one");
        return true;
      } catch {
        return false;
      }
    }).filter((passed) => passed).length;
  expect(allowed(60)).toBe(50);
  const refused = expect.objectContaining({ status: 429, headers: { "retry-after": "1" } });
  expect(() => requirePace("one")).toThrow(refused);
  nowMs = 1_000;
  expect(allowed(60)).toBe(5);
});

test("the gateway allows operators' routes at least 500 requests a second, far more than each operator may send", () => {
  const { ratePerSecond, burst } = throttleOf("POST /api/ops/cache/clear/");
  expect(ratePerSecond).toBeGreaterThanOrEqual(500);
  expect(burst).toBeGreaterThanOrEqual(ratePerSecond);
});

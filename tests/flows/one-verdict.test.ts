import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../support/people.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const seconds = () => Math.floor(Date.now() / 1_000);

/** Routes with and without the gateway's authorizer. */
const ROUTES = [
  ["GET", "/api/problems/"],
  ["GET", "/api/history/"],
  ["GET", "/api/account/stats/"],
  ["GET", "/api/problems/drafts/"],
  ["POST", "/api/history/"],
] as const;

test.each([
  ["issued in the future", () => ({ iat: seconds() + 600 })],
  ["not good yet", () => ({ nbf: seconds() + 600 })],
  ["that has expired", () => ({ exp: seconds() - 600 })],
  ["whose subject is a number", () => ({ sub: 7 })],
  ["whose subject is a list", () => ({ sub: ["sub-of-ann"] })],
  ["whose subject is a flag", () => ({ sub: true })],
  ["whose subject is an object", () => ({ sub: { id: "sub-of-ann" } })],
  ["without a subject", () => ({ sub: undefined })],
  ["for another audience", () => ({ aud: "another" })],
])("a token %s is refused on every route", async (_, claims) => {
  const token = await world.issueToken({ sub: "s", is_admin: true, ...claims() });
  const statuses = ROUTES.map(async ([method, path]) => {
    const body = method === "POST" ? { body: "{}" } : {};
    return (await world.call(path, { method, as: token, ...body })).status;
  });
  expect(await Promise.all(statuses)).toEqual(ROUTES.map(() => 401));
});

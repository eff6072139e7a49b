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
  ["with a number as subject", () => ({ sub: 7 })],
  ["with a list as subject", () => ({ sub: ["sub-of-ann"] })],
  ["with a boolean as subject", () => ({ sub: true })],
  ["with an object as subject", () => ({ sub: { id: "sub-of-ann" } })],
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

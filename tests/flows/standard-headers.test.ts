import { type RouteKey, routes } from "@algoitny/functions/deployment/routes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../support/people.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ sample: true });
});
afterAll(() => world.close());

/** An address of the route, with names that need not exist. */
const addressOf = (route: RouteKey) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, path: path.replace(/\{(\w+)\}/g, "1") };
};

test("every answer of a function forbids browsers to guess its media type", async () => {
  for (const route of Object.keys(routes) as RouteKey[]) {
    const { method, path } = addressOf(route);
    for (const headers of [{}, { "if-none-match": "*" }]) {
      const response = await world.call(path, { method, headers, as: world.admin.token });
      const seen = [route, response.status, response.headers.get("x-content-type-options")];
      expect(seen).toEqual([route, response.status, "nosniff"]);
    }
  }
  const unknown = await world.call("/api/nothing/");
  expect([unknown.status, unknown.headers.get("x-content-type-options")]).toEqual([404, "nosniff"]);
});

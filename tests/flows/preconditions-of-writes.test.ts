import { type RouteKey, routes } from "@algoitny/functions/deployment/routes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execution, type Fields, type Person, startWorld, type World } from "../support/people.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe("every write", () => {
  let names: Record<string, string>;
  let bodies: Partial<Record<RouteKey, Fields>>;
  let owner: Person;
  beforeAll(async () => {
    const problem = await world.createProblem({ platform: "every", problem_id: "E1" });
    const cases = `/api/problems/${problem.id}/testcases/`;
    const testCase = await world.send("POST", cases, world.admin, { input: "1", output: "2" });
    owner = world.admin;
    const row = await world.record(owner, problem.id);
    names = { id: String(problem.id), tc: String(testCase.id), platform: "every", row: row.id };
    bodies = {
      "POST /api/problems/": { platform: "every", problem_id: "E2" },
      "PATCH /api/problems/{id}/": { title: "Changed" },
      "POST /api/problems/{id}/testcases/": { input: "3", output: "4" },
      "PUT /api/problems/{id}/testcases/{tc}/": { input: "5", output: "6" },
      "POST /api/history/": execution(problem.id),
      "PATCH /api/history/{id}/": { is_code_public: true },
      "POST /api/ops/cache/invalidate/": { problem_id: problem.id },
      "POST /api/ops/cache/warm/": { dry_run: true },
      "POST /api/ops/cache/clear/": {},
      "POST /api/ops/experiments/": { view: "problem_detail", ttl_seconds: 900, dry_run: true },
    };
  });

  const addressOf = (route: string) => {
    const [method = "", path = ""] = route.split(" ");
    const id = names[path.includes("/history/") ? "row" : "id"];
    const filled = path
      .replace("{problem_id}", "E1")
      .replace("{id}", String(id))
      .replace(/\{(\w+)\}/g, (_, name: string) => String(names[name]));
    return { method, path: filled };
  };
  const shown = async () => {
    const { id = "", row = "" } = names;
    const paths = [
      "/api/problems/",
      `/api/problems/${id}/`,
      "/api/history/",
      `/api/history/${row}/`,
    ];
    return Promise.all(paths.map((path) => world.get(path, owner)));
  };

  /** A document may contain several writes and reads: GraphQL has no preconditions. */
  const isOfOneItem = (route: string) => !/^GET |\/graphql\//.test(route);
  test.each(Object.keys(routes).filter(isOfOneItem))(
    "%s refuses an ETag that matches nothing, and If-None-Match: * for an existing item",
    async (key) => {
      const route = key as RouteKey;
      const { method, path } = addressOf(route);
      const before = await shown();
      const ask = async (headers: Record<string, string>) => {
        const body = JSON.stringify(bodies[route]);
        return (await world.call(path, { method, headers, body, as: owner.token })).status;
      };
      expect(await ask({ "if-match": '"nonsense"' })).toBe(412);
      // A path without a GET has no representation that could exist.
      const isShown =
        !route.includes("/ops/") || Object.hasOwn(routes, route.replace(/^\w+/, "GET"));
      expect((await ask({ "if-none-match": "*" })) === 412).toBe(isShown);
      expect(await shown()).toEqual(before);
    },
  );
});

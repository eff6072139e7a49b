import { type RouteKey, routes } from "@algoitny/functions/deployment/routes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { raw } from "../support/raw-request.ts";
import { execution, type Fields, type Json, startWorld, type World } from "../support/people.ts";

type Who = "nobody" | "bob" | "admin";

/** Ids of hidden items, which are requested before the items exist and while they are hidden. */
interface Hidden {
  problem: number;
  execution: number;
}

interface Ask {
  path: (hidden: Hidden) => string;
  /** Callers from whom the item is hidden; all others may see it. */
  as: readonly Who[];
  body?: (hidden: Hidden) => Fields;
}

const STRANGERS = ["nobody", "bob"] as const;
const ANYONE = ["nobody", "bob", "admin"] as const;
const PLATFORM = "ghost-judge";

const ask = (path: Ask["path"], as: Ask["as"] = STRANGERS, body?: Ask["body"]): Ask => ({
  path,
  as,
  ...(body && { body }),
});
const problem = ({ problem: id }: Hidden) => `/api/problems/${id}/`;
const byKey = () => `/api/problems/${PLATFORM}/G1/`;
const testCases = (hidden: Hidden) => `${problem(hidden)}testcases/`;
const testCase = (hidden: Hidden) => `${testCases(hidden)}1/`;
const history = ({ execution: id }: Hidden) => `/api/history/${id}/`;
const graphql = (query: string) => `/api/graphql/?query=${encodeURIComponent(query)}`;
const anyCase = () => ({ input: "1", output: "2" });

/** Route → the requests that could reveal a hidden item; a missing route is a type error. */
const ASKS: Record<RouteKey, readonly Ask[]> = {
  "GET /api/problems/": [
    ask(() => `/api/problems/?platform=${PLATFORM}`),
    ask(() => `/api/problems/?platform=${PLATFORM}&search=ghost&page=2`),
    ask(() => "/api/problems/?search=ghost"),
    ask(() => "/api/problems/"),
  ],
  "POST /api/problems/": [
    ask(
      () => "/api/problems/",
      STRANGERS,
      () => ({ platform: PLATFORM }),
    ),
  ],
  "GET /api/problems/drafts/": [ask(() => "/api/problems/drafts/")],
  "GET /api/problems/registered/": [ask(() => "/api/problems/registered/")],
  "GET /api/problems/{id}/": [ask(problem)],
  "PATCH /api/problems/{id}/": [ask(problem, STRANGERS, () => ({ title: "New" }))],
  "DELETE /api/problems/{id}/": [ask(problem)],
  "GET /api/problems/{platform}/{problem_id}/": [ask(byKey)],
  "DELETE /api/problems/{platform}/{problem_id}/": [ask(byKey)],
  "GET /api/problems/{id}/testcases/": [ask(testCases)],
  "POST /api/problems/{id}/testcases/": [ask(testCases, STRANGERS, anyCase)],
  "PUT /api/problems/{id}/testcases/{tc}/": [ask(testCase, STRANGERS, anyCase)],
  "DELETE /api/problems/{id}/testcases/{tc}/": [ask(testCase)],
  "GET /api/account/stats/": [ask(() => "/api/account/stats/")],
  "GET /api/history/": [
    ask(() => "/api/history/", ANYONE),
    ask(() => "/api/history/?my_only=true", ANYONE),
  ],
  "POST /api/history/": [
    ask(
      () => "/api/history/",
      STRANGERS,
      (hidden) => execution(hidden.problem),
    ),
  ],
  "GET /api/history/{id}/": [ask(history, ANYONE)],
  "PATCH /api/history/{id}/": [ask(history, ANYONE, () => ({ is_code_public: true }))],
  "GET /api/history/{id}/hints/": [ask((hidden) => `${history(hidden)}hints/`, ANYONE)],
  "GET /api/graphql/": [
    ask(({ problem: id }) =>
      graphql(`{ problem(by: { id: ${id} }) { id title testCases { id } } }`),
    ),
    ask(() =>
      graphql(`{ problem(by: { key: { platform: "${PLATFORM}", problemId: "G1" } }) { id } }`),
    ),
    ask(() =>
      graphql(`{ problems(platform: "${PLATFORM}") { totalCount edges { node { id } } } }`),
    ),
    ask(
      ({ execution: id }) => graphql(`{ execution(id: ${id}) { id hints { content } } }`),
      ANYONE,
    ),
    ask(() => graphql("{ drafts { totalCount } }")),
  ],
  "POST /api/graphql/": [
    ask(
      () => "/api/graphql/",
      STRANGERS,
      ({ problem: id }) => ({
        query: `mutation { updateProblem(id: ${id}, input: { title: "New" }) { id } }`,
      }),
    ),
    ask(
      () => "/api/graphql/",
      ANYONE,
      ({ execution: id }) => ({
        query: `mutation { updateExecution(id: ${id}, input: { isCodePublic: true }) { id } }`,
      }),
    ),
  ],
  "GET /api/health/": [],
  "GET /api/health/live/": [],
  "GET /api/health/ready/": [],
  "GET /api/ops/metrics/": [ask(() => "/api/ops/metrics/?by=endpoint")],
  "GET /api/ops/requests/": [ask(() => "/api/ops/requests/")],
  "GET /api/ops/findings/": [ask(() => "/api/ops/findings/")],
  "GET /api/ops/advice/": [ask(() => "/api/ops/advice/")],
  "GET /api/ops/experiments/": [ask(() => "/api/ops/experiments/")],
  "POST /api/ops/experiments/": [
    ask(
      () => "/api/ops/experiments/",
      STRANGERS,
      () => ({ view: "problem_detail", ttl_seconds: 900, dry_run: true }),
    ),
  ],
  "POST /api/ops/experiments/{view}/stop/": [
    ask(
      () => "/api/ops/experiments/problem_detail/stop/",
      STRANGERS,
      () => ({}),
    ),
  ],
  "GET /api/ops/cache/stats/": [ask(() => "/api/ops/cache/stats/")],
  "GET /api/ops/cache/keys/": [ask(() => "/api/ops/cache/keys/")],
  "GET /api/ops/cache/top/": [ask(() => "/api/ops/cache/top/")],
  "GET /api/ops/cache/entry/": [
    ask(({ problem: id }) => `/api/ops/cache/entry/?key=problem_detail:id:${id}&value=true`),
  ],
  "POST /api/ops/cache/invalidate/": [
    ask(
      () => "/api/ops/cache/invalidate/",
      STRANGERS,
      (hidden) => ({ problem_id: hidden.problem }),
    ),
  ],
  "GET /api/ops/cache/invalidations/{id}/": [
    ask(() => "/api/ops/cache/invalidations/11111111-1111-4111-8111-111111111111/"),
  ],
  "POST /api/ops/cache/warm/": [
    ask(
      () => "/api/ops/cache/warm/",
      STRANGERS,
      () => ({}),
    ),
  ],
  "POST /api/ops/cache/clear/": [
    ask(
      () => "/api/ops/cache/clear/",
      STRANGERS,
      () => ({}),
    ),
  ],
  "GET /api/openapi.json/": [],
  "GET /api/docs/": [],
};

/** Headers that differ between any two answers: the date and the request's id. */
const OF_ONE_ANSWER = /^(date|apigw-requestid|x-amzn-requestid)$/;

let world: World;
let absent: Map<string, unknown>;
let hidden: Hidden;
let draft: Json;

beforeAll(async () => {
  world = await startWorld();
  const visible = await world.createProblem();
  const row = await world.record(world.ann, visible.id, { is_code_public: true });
  hidden = { problem: visible.id + 1, execution: row.id + 1 };
  absent = await answers();
  draft = await world.createProblem({
    platform: PLATFORM,
    problem_id: "G1",
    title: "Ghost",
    is_completed: false,
  });
  await world.send("POST", testCases(hidden), world.admin, [anyCase()], 201);
  await world.record(world.ann, visible.id, { is_code_public: false });
});
afterAll(() => world.close());

/** The answers to every request, each sent at least twice from an empty cache: loaded at first, cached afterwards. */
async function answers(): Promise<Map<string, unknown>> {
  await world.streams.drained();
  await world.queues.drained();
  await world.send("POST", "/api/ops/cache/clear/", world.admin, {});
  const found = new Map<string, unknown>();
  for (const [route, asks] of Object.entries(ASKS)) {
    const [method = ""] = route.split(" ");
    for (const { path, as, body } of asks) {
      for (const who of as) {
        for (const verb of method === "GET" ? ["GET", "HEAD", "GET"] : [method, method]) {
          const name = `${verb} ${path(hidden)} as ${who} (${found.size})`;
          found.set(name, await seen(verb, path(hidden), who, body?.(hidden)));
        }
      }
    }
  }
  return found;
}

async function seen(method: string, path: string, who: Who, body?: Fields) {
  const authorization = who === "nobody" ? {} : { authorization: `Bearer ${world[who].token}` };
  const type = body ? { "content-type": "application/json" } : {};
  const headers = { origin: "http://localhost:3000", ...authorization, ...type };
  const answer = await raw(`${world.url}${path}`, headers, method, body && JSON.stringify(body));
  const kept = Object.entries(answer.headers).filter(([name]) => !OF_ONE_ANSWER.test(name));
  return {
    status: answer.status,
    // Durations and lifetimes of a 200 differ between answers; a 404 has neither.
    headers: kept.map(([name, value]) =>
      answer.status === 200
        ? [name, name === "age" ? "" : String(value).replace(/\b(dur|ttl)=[\d.]+/g, "$1")]
        : [name, value],
    ),
    body: answer.body.toString("latin1"),
  };
}

test("this file requests hidden items by every route with a path parameter", () => {
  const named = Object.keys(routes).filter((route) => route.includes("{"));
  for (const route of named) expect([route, ASKS[route as RouteKey].length]).not.toContain(0);
});

test("the items exist for those who may see them", async () => {
  expect(await world.get(history(hidden), world.ann)).toMatchObject({ id: hidden.execution });
  expect(await world.get(testCases(hidden), world.admin)).toEqual([{ id: 1, ...anyCase() }]);
  expect(draft).toMatchObject({ id: hidden.problem });
});

test("a draft, its test cases and a private execution give strangers exactly the answer of a missing item", async () => {
  expect(Object.fromEntries(await answers())).toEqual(Object.fromEntries(absent));
});

test("a deleted problem gives strangers exactly the answer of a missing item", async () => {
  await world.send("DELETE", problem(hidden), world.admin, undefined);
  // Until the stream has delivered the write, its invalidation may keep a load from being stored.
  await world.streams.drained();
  expect(Object.fromEntries(await answers())).toEqual(Object.fromEntries(absent));
});

test("an edit of a hidden item is not noticeable: a cached 404 and a new one are the same", async () => {
  const before = await seen("GET", problem(hidden), "nobody");
  await world.send("PATCH", problem(hidden), world.admin, { title: "Ghost again" });
  expect(await seen("GET", problem(hidden), "nobody")).toEqual(before);
  expect(before).toMatchObject({ status: 404 });
});

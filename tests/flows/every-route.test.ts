import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { type RouteKey, routes } from "@algoitny/functions/deployment/routes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildDocument } from "@algoitny/functions/openapi/api-document";
import { operations } from "@algoitny/functions/openapi/documented-operations";
import { typedClientExample } from "../support/docs-example.ts";
import { execution, type Fields, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ sample: true });
});
afterAll(() => world.close());

/** A path of the route; the names in it need not exist. */
const addressOf = (route: RouteKey) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, path: path.replace(/\{(\w+)\}/g, "1") };
};

test("every answer of a function forbids browsers to guess its media type (nosniff)", async () => {
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

/** The ids of items that earlier requests have created. */
interface Made {
  problem: number;
  testCase: number;
  execution: number;
  job: string;
}

type Request = readonly [
  status: 200 | 201 | 202,
  path?: ((made: Made) => string) | undefined,
  body?: (made: Made) => unknown,
];

const ofProblem =
  (rest = "") =>
  ({ problem }: Made) =>
    `/api/problems/${problem}/${rest}`;
const ofExecution =
  (rest = "") =>
  ({ execution: id }: Made) =>
    `/api/history/${id}/${rest}`;
const ofTestCase = (made: Made) => `${ofProblem("testcases/")(made)}${made.testCase}/`;
const oneCase = { input: "1", output: "2" };
const keyed = { platform: "codeforces", problem_id: "1Z" };

/** Requests that succeed in this order; `path` defaults to the route's own. */
const REQUESTS: readonly (readonly [RouteKey, ...Request])[] = [
  [
    "POST /api/problems/",
    201,
    undefined,
    () => ({ ...keyed, solution_code: "x", is_completed: true }),
  ],
  ["PATCH /api/problems/{id}/", 200, ofProblem(), () => ({ title: "Changed", tags: [1, "two"] })],
  ["POST /api/problems/{id}/testcases/", 201, ofProblem("testcases/"), () => oneCase],
  ["POST /api/problems/{id}/testcases/", 201, ofProblem("testcases/"), () => [oneCase, oneCase]],
  ["PUT /api/problems/{id}/testcases/{tc}/", 200, ofTestCase, () => oneCase],
  ["GET /api/problems/{id}/testcases/", 200, ofProblem("testcases/")],
  ["GET /api/problems/", 200],
  ["GET /api/problems/", 200, () => "/api/problems/?platform=codeforces&page=1&page_size=1"],
  ["GET /api/problems/drafts/", 200],
  ["GET /api/problems/drafts/", 200, () => "/api/problems/drafts/?page=1"],
  ["GET /api/problems/registered/", 200],
  ["GET /api/problems/{id}/", 200, ofProblem()],
  ["GET /api/problems/{platform}/{problem_id}/", 200, () => "/api/problems/codeforces/1Z/"],
  ["POST /api/history/", 201, undefined, ({ problem, testCase }) => recorded(problem, testCase)],
  ["GET /api/history/", 200, () => "/api/history/?limit=1"],
  ["GET /api/history/{id}/", 200, ofExecution()],
  ["GET /api/history/{id}/hints/", 200, ofExecution("hints/")],
  [
    "PATCH /api/history/{id}/",
    200,
    ofExecution(),
    () => ({ hints: ["a", { title: "b", content: "c" }] }),
  ],
  ["PATCH /api/history/{id}/", 200, ofExecution(), () => ({ repair: {} })],
  ["GET /api/history/{id}/hints/", 200, ofExecution("hints/")],
  ["GET /api/account/stats/", 200],
  ["GET /api/health/", 200],
  ["GET /api/health/live/", 200],
  ["GET /api/health/ready/", 200],
  ["GET /api/ops/advice/", 200],
  [
    "POST /api/ops/experiments/",
    200,
    undefined,
    () => ({ view: "problem_drafts", ttl_seconds: 90, read_units: 5 }),
  ],
  ["GET /api/ops/experiments/", 200],
  [
    "POST /api/ops/experiments/{view}/stop/",
    200,
    () => "/api/ops/experiments/problem_drafts/stop/",
    () => ({}),
  ],
  ["GET /api/ops/cache/stats/", 200],
  ["GET /api/ops/metrics/", 200, () => "/api/ops/metrics/?range=15m&by=endpoint"],
  ["GET /api/ops/findings/", 200],
  ["GET /api/ops/requests/", 200, () => "/api/ops/requests/?outcome=hit"],
  ["GET /api/ops/cache/keys/", 200],
  ["GET /api/ops/cache/top/", 200],
  ["GET /api/ops/cache/entry/", 200, () => "/api/ops/cache/entry/?key=problem_drafts:all"],
  [
    "POST /api/ops/cache/invalidate/",
    200,
    undefined,
    () => ({ pattern: "problem_list*", dry_run: true }),
  ],
  [
    "POST /api/ops/cache/invalidate/",
    202,
    undefined,
    () => ({ tags: ["problem_drafts"], async: true }),
  ],
  [
    "GET /api/ops/cache/invalidations/{id}/",
    200,
    ({ job }) => `/api/ops/cache/invalidations/${job}/`,
  ],
  ["POST /api/ops/cache/warm/", 200, undefined, () => ({ plan: "problem_drafts" })],
  ["POST /api/ops/cache/clear/", 200, undefined, () => ({})],
  ["DELETE /api/problems/{id}/testcases/{tc}/", 200, ofTestCase],
  ["DELETE /api/problems/{platform}/{problem_id}/", 200, () => "/api/problems/codeforces/1Z/"],
  ["DELETE /api/problems/{id}/", 200, () => "/api/problems/2/"],
  ["GET /api/openapi.json/", 200, () => "/api/openapi.json"],
  ["GET /api/docs/", 200],
];

function recorded(problem: number, testCase: number): Fields {
  const result = { test_case_id: testCase, passed: true, status: "ok", output: "2" };
  return execution(problem, { test_results: [result, {}], result_summary: { deep: [1, null] } });
}

const isPage = ({ headers }: Response) => headers.get("content-type")?.startsWith("text/html");

test("every route succeeds as the OpenAPI document describes it", async () => {
  const made: Made = { problem: 0, testCase: 0, execution: 0, job: "" };
  const seen = new Set<string>();
  for (const [route, status, path, body] of REQUESTS) {
    const [method = "", own = ""] = route.split(" ");
    // `call` compares the answer with the document.
    const response = await world.call(path?.(made) ?? own, {
      method,
      as: world.admin.token,
      ...(body && { body: JSON.stringify(body(made)) }),
    });
    const answer: Json = await (isPage(response) ? response.text() : response.json());
    expect([route, response.status, answer]).toEqual([route, status, expect.anything()]);
    seen.add(`${route} ${status}`);
    if (route === "POST /api/problems/") made.problem = answer.id;
    if (route === "POST /api/problems/{id}/testcases/") made.testCase = [answer].flat()[0].id;
    if (route === "POST /api/history/") made.execution = answer.id;
    if (status === 202) made.job = answer.id;
  }
  const successes = Object.entries(operations).flatMap(([route, { answers }]) =>
    Object.keys(answers)
      .filter((status) => status < "300")
      .map((status) => `${route} ${status}`),
  );
  expect([...seen].toSorted()).toEqual(successes.toSorted());
});

test("the typed client's example runs against the API", async () => {
  const file = resolve("node_modules/.cache", `example-${randomUUID()}.mjs`);
  await mkdir(dirname(file), { recursive: true });
  const program = typedClientExample().replace("http://127.0.0.1:8000", world.url);
  // Node strips no types in node_modules, where the example finds openapi-fetch.
  await writeFile(file, stripTypeScriptTypes(program.replace("{ id: 1 }", "{ id: 3 }")));
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  await rm(file);
  const { title } = await world.get("/api/problems/3/");
  expect(stdout).toContain(title);
});

test("the API serves the document that its sources describe", async () => {
  const response = await world.call("/api/openapi.json");
  expect(await response.json()).toEqual(buildDocument());
});

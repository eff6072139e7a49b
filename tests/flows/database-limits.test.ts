import { createClient } from "@algoitny/core/table/database";
import { keys } from "@algoitny/core/table/keys";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execution, type Fields, type Json, startWorld, type World } from "../support/people.ts";
import { contractError, errorOf } from "./support/error-requests.ts";

let world: World;
let problem: Json;
beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem();
});
afterAll(() => world.close());

const MB = 1_000_000;
const long = (characters: number) => "x".repeat(characters);

/** Totals of a user with one execution, in C. */
const TOTALS = {
  total_executions: 1,
  passed_executions: 1,
  total_problems: 1,
  "platform#baekjoon": 1,
  "language#c": 1,
};

async function putItem(Item: Fields): Promise<void> {
  const client = createClient(world.dynamodb.endpoint);
  await client.send(new PutCommand({ TableName: world.dynamodb.table, Item }));
  client.destroy();
}

interface Ask {
  method?: string;
  body?: Fields | Fields[];
}

async function errorTo(path: string, token: string, { method = "GET", body }: Ask = {}) {
  return errorOf(
    await world.call(path, { method, as: token, ...(body && { body: JSON.stringify(body) }) }),
  );
}

describe("an item over 400 KB is a 413", () => {
  test.each([
    ["hints that are too long by themselves", 0, { hints: [long(5 * MB)] }],
    ["many hints", 0, { hints: Array.from({ length: 100 }, () => long(5_000)) }],
    ["titled hints", 0, { hints: [{ title: long(300_000), content: long(300_000) }] }],
    ["hints beside long results", 300_000, { hints: [long(200_000)] }],
  ])("in %s", async (_, outputCharacters, body) => {
    const results = { test_results: [{ output: long(outputCharacters) }] };
    const row = await world.record(world.ann, problem.id, results);
    const path = `/api/history/${row.id}/`;
    expect(await errorTo(path, world.ann.token, { method: "PATCH", body })).toEqual(
      contractError(413),
    );
    expect((await world.get(path, world.ann)).hints).toEqual([]);
    expect(await world.send("PATCH", path, world.ann, { hints: ["short"] })).toMatchObject({
      hints: ["short"],
    });
  });

  test.each<[string, () => [method: string, path: string, body: Fields | Fields[]]]>([
    ["a summary", () => ["POST", "/api/history/", summary(long(5 * MB))]],
    ["test results", () => ["POST", "/api/history/", results(long(5_000), 100)]],
    ["code", () => ["POST", "/api/history/", execution(problem.id, { code: long(5 * MB) })]],
    ["constraints", () => ["PATCH", detail(), { constraints: long(5 * MB) }]],
    ["a solution", () => ["PATCH", detail(), { solution_code: "가".repeat(200_000) }]],
    [
      "both",
      () => ["PATCH", detail(), { constraints: long(300_000), solution_code: long(300_000) }],
    ],
    ["a test case", () => ["POST", `${detail()}testcases/`, { input: long(5 * MB), output: "" }]],
    [
      "one of many test cases",
      () => [
        "POST",
        `${detail()}testcases/`,
        [
          { input: "", output: "" },
          { input: long(MB), output: "" },
        ],
      ],
    ],
    [
      "a job",
      () => ["POST", "/api/ops/cache/invalidate/", { async: true, keys: longKeys(500, 2_000) }],
    ],
  ])("in %s", async (_, request) => {
    const [method, path, body] = request();
    expect(await errorTo(path, world.admin.token, { method, body })).toEqual(contractError(413));
  });

  test("in a user's totals, with thousands of languages: no execution in a new language is recorded, those in known languages are", async () => {
    const who = { sub: "polyglot", email: "polyglot@example.com" };
    const polyglot = { ...who, token: await world.issueToken(who) };
    await world.record(polyglot, problem.id, { language: "c" });
    const names = Array.from({ length: 2_500 }, (_, index) => `${index}`.padStart(50, "가"));
    const known = Object.fromEntries(names.map((name) => [`language#${name}`, 1]));
    await putItem({ ...keys.userStats(who.sub), ...TOTALS, sub: who.sub, ...known });
    // The item is filled by bisection, because engines differ by a byte in the size of a number.
    for (let bytes = 0, step = 16_384; step >= 64; step /= 2) {
      const note = long(bytes + step);
      const fits = world.changeItem(keys.userStats(who.sub), { note }).then(() => true);
      if (await fits.catch(() => false)) bytes += step;
    }
    const [list, totals] = ["/api/history/?my_only=true", "/api/account/stats/"];
    const before = [await world.get(list, polyglot), await world.get(totals, polyglot)];
    for (const language of ["나".repeat(50), "다".repeat(50)]) {
      const body = execution(problem.id, { language });
      const error = await errorTo("/api/history/", polyglot.token, { method: "POST", body });
      expect(error).toEqual(contractError(413));
    }
    expect([await world.get(list, polyglot), await world.get(totals, polyglot)]).toEqual(before);
    await world.record(polyglot, problem.id, { language: "c" });
    expect((await world.get(totals, polyglot)).by_language).toMatchObject({ c: 2 });
  });

  const detail = () => `/api/problems/${problem.id}/`;
  const summary = (text: string) => execution(problem.id, { result_summary: { text } });
  const results = (output: string, count: number) =>
    execution(problem.id, { test_results: Array.from({ length: count }, () => ({ output })) });
  const longKeys = (count: number, characters: number) =>
    Array.from({ length: count }, (_, index) => `problem_detail:${index}${long(characters)}`);
});

describe("a token with a subject", () => {
  const PATHS: [method: string, path: string][] = [
    ["GET", "/api/account/stats/"],
    ["GET", "/api/history/"],
    ["GET", "/api/history/?my_only=true"],
    ["GET", "/api/problems/"],
    ["POST", "/api/history/"],
    ["PATCH", "/api/history/1/"],
  ];

  test.each([
    ["of 1,025 characters", long(1_025)],
    ["of 3,000 characters", long(3_000)],
    ["of 114 characters that take nine each", "가".repeat(114)],
    ["with half of a surrogate pair", "a\uD800"],
  ])(
    "%s, which the table's keys cannot hold, is a 401 with the reason, on public and protected routes",
    async (_, sub) => {
      const token = await world.issueToken({ sub, email: "x@example.com" });
      for (const [method, path] of PATHS) {
        const body = method === "GET" ? undefined : execution(problem.id);
        const error = await errorTo(path, token, { method, ...(body && { body }) });
        expect([method, path, error]).toEqual([method, path, contractError(401)]);
        expect(error.document.error).toContain("`sub`");
      }
    },
  );

  test.each([
    ["of 1,024 characters", long(1_024)],
    ["of 113 characters that take nine each", "가".repeat(113)],
  ])(
    "%s, which the table's keys can hold, is accepted as that of any other user",
    async (_, sub) => {
      const token = await world.issueToken({ sub, email: "x@example.com" });
      const who = { sub, email: "x@example.com", token };
      const row = await world.record(who, problem.id);
      expect(await world.get(`/api/history/${row.id}/`, who)).toMatchObject({ id: row.id });
      expect(await world.get("/api/account/stats/", who)).toMatchObject({ total_executions: 1 });
      expect((await world.get("/api/history/?my_only=true", who)).count).toBe(1);
    },
  );

  test("claims that are displayed but not part of keys are accepted when they are text", async () => {
    const claims = { sub: "odd", email: "a\uD800@example.com", preferred_username: "b\uDC00" };
    const who = { sub: "odd", email: "", token: await world.issueToken(claims) };
    expect(await world.record(who, problem.id)).toMatchObject({
      user_email: "a\uFFFD@example.com",
      user_identifier: "b\uFFFD",
    });
  });
});

describe("a 400 names the fault in", () => {
  const ops = "/api/ops/cache";
  test.each<[string, string, Ask, string]>([
    ["a cursor over 64 bits", `${ops}/keys/?cursor=99999999999999999999`, {}, "cursor"],
    ["the first cursor over 64 bits", `${ops}/keys/?cursor=18446744073709551616`, {}, "cursor"],
    ["another spelling of a cursor", `${ops}/keys/?cursor=00`, {}, "cursor"],
    ["a cursor that is not a whole number", `${ops}/keys/?cursor=1.0`, {}, "cursor"],
    ["a cursor that is not a number", `${ops}/keys/?cursor=abc`, {}, "cursor"],
    [
      "a subject to warm that no key has room for",
      `${ops}/warm/`,
      { method: "POST", body: { plan: "user_stats", userIds: ["가".repeat(255)] } },
      "userIds.0",
    ],
    [
      "a user whose name no key has room for",
      `${ops}/invalidate/`,
      { method: "POST", body: { user_id: "가".repeat(255) } },
      "user_id",
    ],
    [
      "a key that no view has",
      `${ops}/invalidate/`,
      { method: "POST", body: { keys: [`problem_detail:${long(3_000)}`] } },
      "keys.0",
    ],
    [
      "a tag that no view has",
      `${ops}/invalidate/`,
      { method: "POST", body: { tags: [`history_user:${long(3_000)}`] } },
      "tags.0",
    ],
  ])("%s", async (_, path, ask, field) => {
    const error = await errorTo(path, world.admin.token, ask);
    expect(error).toEqual(contractError(400));
    expect(error.document.errors).toMatchObject([{ path: field }]);
  });

  test("and the largest cursor is accepted", async () => {
    const path = `${ops}/keys/?cursor=18446744073709551615`;
    expect((await world.call(path, { as: world.admin.token })).status).toBe(200);
  });
});

test("whole numbers up to JavaScript's largest safe one are stored, and ids without an item are a 404", async () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const as = world.ann.token;
  const body = execution(largest);
  expect(await errorTo("/api/history/", as, { method: "POST", body })).toEqual(contractError(404));
  const results = [{ test_case_id: largest }, { test_case_id: -largest }];
  const row = await world.record(world.ann, problem.id, { test_results: results });
  expect((await world.get(`/api/history/${row.id}/`, world.ann)).test_results).toMatchObject(
    results,
  );
  for (const path of [
    "999999999999/",
    "999999999999/testcases/",
    `${"가".repeat(50)}/${"가".repeat(100)}/`,
  ])
    expect(await errorTo(`/api/problems/${encodeURI(path)}`, as)).toEqual(contractError(404));
});

import { Cache, type LoadReads, MemoryStore, parseTag } from "@algoitny/cache";
import { toResult } from "@algoitny/functions/endpoint/answer";
import type { Caller } from "@algoitny/functions/endpoint/identity";
import { answerGraphQL, createResponses } from "@algoitny/functions/graphql/graphql-endpoint";
import { expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";

const ANN: Caller = { sub: "ann", email: "", identifier: "ann", admin: false };
const ADMIN: Caller = { sub: "root", email: "", identifier: "root", admin: true };

const DRAFT = {
  id: 2,
  platform: "codeforces",
  problem_id: "1A",
  title: "A draft",
  problem_url: "",
  tags: [],
  language: "",
  is_completed: false,
  is_deleted: false,
  created_at: "",
  test_case_count: 0,
  execution_count: 0,
};

/** The endpoint over tables with one draft, or over tables that fail. */
function setup({ introspection = false, fails = false } = {}) {
  const logged: string[] = [];
  const log = { error: (message: string) => void logged.push(message) };
  const cache = new Cache({ store: new MemoryStore() });
  const graphql = createResponses(cache, log, { introspection });
  const tables = {
    problems: {
      list: async () => [],
      getBodies: async () => new Map(),
      findId: async () => undefined,
      getWithBody: async (id: number) => {
        if (fails) throw new Error("a secret of the database");
        return id === DRAFT.id ? { problem: DRAFT, body: undefined } : undefined;
      },
    },
    testCases: { list: async () => [] },
  };
  const shown: string[] = [];
  const counted: (string | null)[] = [];
  const ask = async (
    query: string,
    caller: Caller | null = null,
    method = "POST",
    variables: Record<string, unknown> = {},
  ) => {
    const isGet = method === "GET";
    const event = httpEvent({
      method,
      path: "/api/graphql/",
      ...(isGet
        ? { query: `query=${encodeURIComponent(query)}` }
        : {
            body: JSON.stringify({ query, variables }),
            headers: { "content-type": "application/json" },
          }),
    });
    const source = {
      tables: async () => tables,
      recorded: (reads: LoadReads) => ({
        tables: async () => {
          await reads.before([[{ tag: parseTag("tables"), words: "tables" }]]);
          return tables;
        },
      }),
    };
    const call = {
      caller,
      source,
      tables: source.tables,
      remainingMs: () => 10_000,
      show: async ({ status }: { status: string }) => shown.push(status),
      changed: async () => undefined,
    };
    const count = async ({ operationName }: { operationName: string | null }) =>
      void counted.push(operationName);
    const answer = await answerGraphQL({ graphql, count }, event, call as never);
    const result = await toResult(event, answer, "viewer");
    const body = JSON.parse(result.isBase64Encoded ? "{}" : (result.body ?? "{}")) as {
      data?: Record<string, unknown>;
      errors?: { message: string; extensions?: { code: string } }[];
    };
    return { status: result.statusCode, headers: result.headers ?? {}, ...body };
  };
  return { ask, graphql, logged, shown, counted };
}

const shared = setup();

const codes = ({ errors }: { errors?: { extensions?: { code: string } }[] }) =>
  errors?.map(({ extensions }) => extensions?.code);

test.each([
  ["an anonymous caller", null, "FORBIDDEN"],
  ["a user", ANN, "FORBIDDEN"],
])("the admins' lists are refused to %s", async (_, caller, code) => {
  const { ask } = shared;
  const answer = await ask("{ drafts { totalCount } registered { totalCount } }", caller);
  expect([answer.data, codes(answer)]).toEqual([{ drafts: null, registered: null }, [code, code]]);
});

test("an answer for an admin is not shown to others", async () => {
  const query = "{ problem(by: { id: 2 }) { title solutionCode } }";
  expect((await shared.ask(query, ADMIN)).data).toMatchObject({ problem: { title: "A draft" } });
  expect((await shared.ask(query, ANN)).data).toEqual({ problem: null });
});

test.each([
  `createProblem(input: {}) { id }`,
  `updateProblem(id: 1, input: {}) { id }`,
  `deleteProblem(by: { id: 1 }) { id }`,
  `addTestCases(problem: 1, input: []) { id }`,
  `changeTestCase(problem: 1, id: 1, input: { input: "", output: "" }) { id }`,
  `removeTestCase(problem: 1, id: 1) { id }`,
])("%s needs an admin", async (field) => {
  const { ask } = shared;
  expect(codes(await ask(`mutation { ${field} }`))).toEqual(["UNAUTHENTICATED"]);
  expect(codes(await ask(`mutation { ${field} }`, ANN))).toEqual(["FORBIDDEN"]);
});

test("recording and changing executions needs a user", async () => {
  const { ask } = shared;
  const record = `recordExecution(input: { problemId: 1, language: "c", code: "", passedCount: 0, failedCount: 0, totalCount: 0 }) { id }`;
  const answer = await ask(`mutation { ${record} updateExecution(id: 1, input: {}) { id } }`);
  expect(codes(answer)).toEqual(["UNAUTHENTICATED", "UNAUTHENTICATED"]);
});

test("an internal error is logged, and shown without its details", async () => {
  const { ask, logged } = setup({ fails: true });
  const answer = await ask("{ problem(by: { id: 1 }) { id } }");
  expect([answer.status, codes(answer), logged]).toEqual([
    294,
    ["INTERNAL_SERVER_ERROR"],
    ["a field failed"],
  ]);
  expect(JSON.stringify(answer)).not.toContain("secret");
});

test("an answer with a null is loaded at every request, unless its caller is an admin", async () => {
  const { ask, shown } = setup();
  const query = "{ problem(by: { id: 1 }) { id } }";
  const [first, second] = [await ask(query), await ask(query)];
  expect([first, second].map(({ headers }) => [headers["cache-status"], headers["age"]])).toEqual([
    ["algoitny; fwd=miss", undefined],
    ["algoitny; fwd=miss", undefined],
  ]);
  expect(shown).toEqual([]);
  await ask(query, ADMIN);
  expect(String((await ask(query, ADMIN)).headers["cache-status"])).toContain("; hit");
});

test.each([
  ["null where a reference needs a value", "query ($id: ID) { problem(by: { id: $id }) { id } }"],
  [
    "null in the place of a default",
    "query ($by: ProblemRef = { id: 1 }) { problem(by: $by) { id } }",
  ],
])("%s is answered as the client's mistake, not as an internal error", async (_, query) => {
  const { ask, logged } = setup();
  const answer = await ask(query, null, "POST", { id: null, by: null });
  expect([codes(answer), answer.errors?.[0]?.message, logged]).toEqual([
    ["BAD_USER_INPUT"],
    expect.stringMatching(/^Argument "by"/),
    [],
  ]);
});

test.each([
  ["nested too deeply", { resultSummary: nested(101) }, "is nested too deeply"],
  ["half of a character", { resultSummary: { a: ["\ud800"] } }, "half of a surrogate pair"],
])("a write with %s is refused as by REST", async (_, more, message) => {
  const { ask, logged } = setup();
  const input = {
    problemId: "1",
    language: "c",
    code: "",
    passedCount: 0,
    failedCount: 0,
    totalCount: 0,
    ...more,
  };
  const query = "mutation ($input: ExecutionInput!) { recordExecution(input: $input) { id } }";
  const answer = await ask(query, ANN, "POST", { input });
  expect([codes(answer), answer.errors?.[0]?.message, logged]).toEqual([
    ["BAD_USER_INPUT"],
    expect.stringContaining(message),
    [],
  ]);
});

/** That number of nested lists. */
function nested(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}

test("a body that is not UTF-8 is refused as by REST, and one in base64 is decoded", async () => {
  const { graphql } = setup();
  const count = async () => undefined;
  const answered = (body: Buffer) => {
    const event = httpEvent({
      method: "POST",
      path: "/api/graphql/",
      body: body.toString("base64"),
      base64: true,
      headers: { "content-type": "application/json" },
    });
    return answerGraphQL({ graphql, count }, event, { caller: null, show: count } as never);
  };
  const text = JSON.stringify({ query: "{ viewer { id } }", note: "é" });
  expect(await answered(Buffer.from(text))).toMatchObject({ kind: "reading" });
  await expect(answered(Buffer.from(text, "latin1"))).rejects.toThrow("is not valid UTF-8");
});

test("every answered operation is counted", async () => {
  const { ask, counted } = setup();
  await ask("query Mine { viewer { id } }");
  await ask("{ problem(by: { id: 1 }) { id } }");
  expect(counted).toEqual(["Mine", null]);
});

test("introspection is refused unless it is switched on", async () => {
  expect((await shared.ask("{ __schema { queryType { name } } }")).status).toBe(422);
  const { ask } = setup({ introspection: true });
  expect((await ask("{ __schema { queryType { name } } }")).status).toBe(200);
});

test("a signed-out viewer is null, and a mutation by GET is a 405", async () => {
  const { ask } = shared;
  expect((await ask("{ viewer { id } }")).data).toEqual({ viewer: null });
  expect((await ask("{ viewer { id isAdmin } }", ANN)).data).toEqual({
    viewer: { id: "ann", isAdmin: false },
  });
  const refused = await ask("mutation { removeTestCase(problem: 1, id: 1) { id } }", ADMIN, "GET");
  expect([refused.status, refused.headers["allow"]]).toEqual([405, "POST"]);
});

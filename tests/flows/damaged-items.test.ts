import { type Key, keys } from "@algoitny/core/table/keys";
import { NumberValueImpl } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fields, type Json, type Person, startWorld, type World } from "../support/people.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Numbers that DynamoDB stores and that JavaScript cannot represent. */
const number = (text: string) => NumberValueImpl.from(text);
const LONG = number("12345678901234567.5");

/** Other programs' attributes, all in one item: no schema names them. */
const FOREIGN: Fields = {
  note: LONG,
  huge_note: number("1e125"),
  notes: [1, [LONG]],
  deep_notes: { deep: { deeper: LONG } },
  set_of_notes: new Set([LONG]),
};

/** Log lines of the functions since an index. */
const linesSince = (from: number): string =>
  world.entries
    .slice(from)
    .map((entry) => ("text" in entry ? entry.text : ""))
    .join("\n");

/** A listed problem with a test case and an execution, a draft, and every request that shows them. */
async function shelf() {
  const problem = await world.createProblem({ constraints: "few", solution_code: "pass" });
  const draft = await world.createProblem({ is_completed: false });
  const cases = `/api/problems/${problem.id}/testcases/`;
  const testCase = await world.send("POST", cases, world.admin, { input: "1", output: "2" });
  const row = await world.record(world.ann, problem.id, { is_code_public: true });
  const day = new Date().toISOString().slice(0, 10);
  const { sub } = world.ann;
  const items: Record<string, Key> = {
    head: keys.problem(problem.id),
    draft: keys.problem(draft.id),
    body: keys.problemBody(problem.id),
    pair: keys.problemKey("baekjoon", problem.problem_id),
    "test case": keys.testCase(problem.id, testCase.id),
    "set of test cases": keys.testCases(problem.id),
    execution: keys.history(row.id),
    "execution's detail": keys.historyDetail(row.id),
    "feed entry": keys.feedEntry({ kind: "public" }, row.id),
    "feed's counts": keys.feedCounter({ kind: "public" }, 0, row.id % 64),
    user: keys.user(sub),
    "user's totals": keys.userStats(sub),
    "user's problem": keys.userProblem(sub, problem.id),
    "user's day": keys.userActive(day, sub),
    "problems' counter": keys.counter("problem"),
    "executions' counter": keys.counter("history"),
  };
  const reads: [string, Person?][] = [
    ["/api/problems/"],
    [`/api/problems/?search=${problem.problem_id}`],
    ["/api/problems/drafts/", world.admin],
    ["/api/problems/registered/", world.admin],
    [`/api/problems/${problem.id}/`],
    [`/api/problems/baekjoon/${problem.problem_id}/`],
    [`/api/problems/${draft.id}/`, world.admin],
    [cases],
    ["/api/history/"],
    ["/api/history/?my_only=true", world.ann],
    [`/api/history/${row.id}/`, world.ann],
    ["/api/account/stats/", world.ann],
  ];
  const read = async () => {
    await world.streams.drained();
    await world.queues.drained();
    return Promise.all(reads.map(async ([path, who]) => [path, await world.get(path, who)]));
  };
  return { problem, draft, testCase, row, items, read };
}

test("another program's attributes with numbers that JavaScript cannot represent change no answer and prevent no write", async () => {
  const { problem, testCase, row, items, read } = await shelf();
  const before = await read();
  const from = world.entries.length;
  for (const key of Object.values(items)) await world.changeItem(key, FOREIGN);
  expect(await read()).toEqual(before);

  const { admin, ann } = world;
  const path = `/api/problems/${problem.id}/`;
  await world.send("PATCH", path, admin, { title: "New", constraints: "x" }, 200);
  await world.send("PUT", `${path}testcases/${testCase.id}/`, admin, { input: "3", output: "4" });
  await world.send("POST", `${path}testcases/`, admin, { input: "5", output: "6" }, 201);
  await world.record(ann, problem.id, { is_code_public: true });
  await world.send("PATCH", `/api/history/${row.id}/`, ann, { is_code_public: false }, 200);
  await world.createProblem();
  const warmed = await world.send("POST", "/api/ops/cache/warm/", admin, {}, 200);
  expect(warmed).toMatchObject({ state: "done" });
  expect(await world.get(path)).toMatchObject({
    title: "New",
    constraints: "x",
    test_case_count: 2,
    execution_count: 2,
    test_cases: [{ input: "3" }, { input: "5" }],
  });
  await read();
  expect(linesSince(from)).not.toContain("cannot be read");
});

test("another program's items under keys that we have not used yet change no answer and prevent no write", async () => {
  const { draft, testCase, row, read } = await shelf();
  const { admin, bob } = world;
  const [problem, execution] = [draft.id + 1, row.id + 1];
  const before = await read();
  const places: Key[] = [
    keys.problemBody(draft.id),
    keys.testCases(draft.id),
    keys.testCase(draft.id, testCase.id + 1),
    keys.problem(problem),
    keys.problemBody(problem),
    keys.history(execution),
    keys.historyDetail(execution),
    keys.feedEntry({ kind: "public" }, execution),
    keys.user(bob.sub),
    keys.userStats(bob.sub),
    keys.userProblem(bob.sub, draft.id),
  ];
  for (const key of places) await world.changeItem(key, FOREIGN);
  await world.streams.drained();
  await world.queues.drained();
  const path = `/api/problems/${draft.id}/`;
  expect((await world.call(path, { as: admin.token })).status).toBe(200);
  expect(await read()).toEqual(before);

  const next = { constraints: "few" };
  expect(await world.createProblem(next)).toMatchObject(next);
  await world.send("POST", `${path}testcases/`, admin, { input: "1", output: "2" }, 201);
  await world.send("PATCH", path, admin, { is_completed: true, constraints: "many" }, 200);
  expect(await world.get(path)).toMatchObject({ constraints: "many", test_case_count: 1 });
  const recorded = await world.record(bob, draft.id, { is_code_public: true });
  expect((await world.get("/api/history/")).results[0]).toMatchObject({ id: recorded.id });
});

/** One of our attributes, its stored value, and a patch that repairs it. */
const DAMAGED: [string, unknown, Fields][] = [
  ["title", { en: "A+B" }, { title: "A+B" }],
  ["title", { en: LONG }, { title: "A+B" }],
  ["problem_url", [LONG], { problem_url: "" }],
  ["tags", "dp", { tags: ["dp"] }],
  ["language", new Set([LONG]), { language: "en" }],
  ["is_completed", LONG, { is_completed: true }],
  ["is_deleted", "no", { is_deleted: false }],
  ["execution_count", "many", { execution_count: 7 }],
  ["execution_count", { n: 7 }, { execution_count: 7 }],
  ["platform", { name: "baekjoon" }, { platform: "baekjoon" }],
  ["problem_id", [1000], { problem_id: "repaired" }],
  ["id", "three", {}],
  ["id", LONG, { title: "A+B" }],
];

test.each(DAMAGED)(
  "a problem whose %s is unreadable (%j) hides no other problem, and is repaired by a PATCH",
  async (attribute, value, patch) => {
    const damaged = await world.createProblem();
    const other = await world.createProblem({ constraints: "other's" });
    const row = await world.record(world.ann, damaged.id, { is_code_public: true });
    const key = keys.problem(damaged.id);
    const from = world.entries.length;
    await world.changeItem(key, { [attribute]: value });
    await world.streams.drained();
    await world.queues.drained();

    const idsOf = async () =>
      (await world.get("/api/problems/")).slice(0, 2).map(({ id }: { id: number }) => id);
    expect((await idsOf())[0]).toBe(other.id);
    expect(await world.get(`/api/problems/${other.id}/`)).toMatchObject({ constraints: "other's" });
    expect(await world.get(`/api/history/${row.id}/`)).toMatchObject({ id: row.id });
    expect(linesSince(from)).toMatch(new RegExp(`an item cannot be read.*${key.sk}`));

    await world.send("PATCH", `/api/problems/${damaged.id}/`, world.admin, patch, 200);
    const { is_deleted: _, ...shown } = patch;
    expect(await world.get(`/api/problems/${damaged.id}/`)).toMatchObject({
      id: damaged.id,
      ...shown,
    });
    expect(await idsOf()).toEqual([other.id, damaged.id]);
    expect(await world.record(world.ann, damaged.id)).toMatchObject({ problem: damaged.id });
  },
);

test.each([
  ...DAMAGED.map(([name, value]) => [name, value]),
  ["version", LONG],
  ["version", {}],
  ["edition", LONG],
  ["edition", "x"],
  ["modified_at", {}],
])("a problem whose %s is %j can be deleted, and restored", async (attribute, value) => {
  const { id } = await world.createProblem();
  await world.changeItem(keys.problem(id), { [String(attribute)]: value });
  await world.send("DELETE", `/api/problems/${id}/`, world.admin, undefined, 200);
  expect((await world.call(`/api/problems/${id}/`)).status).toBe(404);
  const path = `/api/problems/${id}/`;
  await world.send("PATCH", path, world.admin, { is_deleted: false, is_completed: true }, 200);
});

test.each([
  ["a draft", { is_completed: false, title: {} }],
  ["deleted", { is_deleted: true, title: {} }],
  ["of unknown visibility", { is_completed: "yes" }],
  ["perhaps deleted", { is_deleted: "no" }],
])("a damaged problem that is %s is a 404 for visitors", async (_, attributes) => {
  const { id } = await world.createProblem();
  await world.changeItem(keys.problem(id), attributes);
  await world.streams.drained();
  await world.queues.drained();
  expect((await world.call(`/api/problems/${id}/`)).status).toBe(404);
  expect((await world.call(`/api/problems/${id}/testcases/`)).status).toBe(404);
});

test("no execution is recorded for a problem whose title is unreadable: it would store an empty title", async () => {
  const { id } = await world.createProblem();
  const before = await world.get("/api/history/?my_only=true", world.bob);
  await world.changeItem(keys.problem(id), { title: {} });
  const execution = { problem_id: id, language: "c", code: "", total_count: 1 };
  const counts = { passed_count: 1, failed_count: 0 };
  await world.send("POST", "/api/history/", world.bob, { ...execution, ...counts }, 500);
  expect(await world.get("/api/history/?my_only=true", world.bob)).toEqual(before);
});

test("an unreadable body is repaired attribute by attribute, and keeps the readable ones", async () => {
  const { id } = await world.createProblem({ constraints: "few", solution_code: "pass" });
  const path = `/api/problems/${id}/`;
  await world.changeItem(keys.problemBody(id), { constraints: { en: LONG }, id: "x" });
  await world.streams.drained();
  await world.queues.drained();
  expect((await world.call(path)).status).toBe(500);
  await world.send("PATCH", path, world.admin, { constraints: "many" }, 200);
  const solution_code = Buffer.from("pass").toString("base64");
  expect(await world.get(path, world.admin)).toMatchObject({ constraints: "many", solution_code });
});

test.each([[{}], ["x"], [LONG]])(
  "a pair's item with %j as its problem is repaired by a PATCH with the same pair",
  async (id) => {
    const problem = await world.createProblem();
    const { platform, problem_id } = problem;
    const byPair = `/api/problems/${platform}/${problem_id}/`;
    await world.changeItem(keys.problemKey(platform, problem_id), { id });
    await world.send("POST", "/api/problems/", world.admin, { platform, problem_id }, 409);
    const path = `/api/problems/${problem.id}/`;
    await world.send("PATCH", path, world.admin, { platform, problem_id }, 200);
    expect(await world.get(byPair)).toMatchObject({ id: problem.id });
  },
);

test.each([["x"], [{}], [new Set(["a"])], [new Set([LONG])]])(
  "a set of test-case ids that is %j is replaced by a query of the test cases, and written again by the next change",
  async (ids) => {
    const { id } = await world.createProblem();
    const path = `/api/problems/${id}/testcases/`;
    const add = (input: string): Promise<Json> =>
      world.send("POST", path, world.admin, { input, output: "" }, 201);
    const first = await add("1");
    await add("2");
    await world.changeItem(keys.testCases(id), { test_case_ids: ids });
    await world.changeItem(keys.problem(id), { test_case_count: null });
    await world.streams.drained();
    await world.queues.drained();
    expect(await world.get(path)).toMatchObject([{ input: "1" }, { input: "2" }]);
    await add("3");
    await world.send("DELETE", `${path}${first.id}/`, world.admin, undefined, 200);
    expect(await world.get(path)).toMatchObject([{ input: "2" }, { input: "3" }]);
    expect(await world.get(`/api/problems/${id}/`)).toMatchObject({ test_case_count: 2 });
  },
);

test("an unreadable execution is repaired by its owner, and is in its feeds again", async () => {
  const { id } = await world.createProblem();
  const row = await world.record(world.ann, id, { is_code_public: true });
  const path = `/api/history/${row.id}/`;
  await world.changeItem(keys.history(row.id), {
    is_code_public: LONG,
    has_hints: "no",
    edition: {},
  });
  await world.changeItem(keys.historyDetail(row.id), { hints: LONG });
  await world.streams.drained();
  await world.queues.drained();
  expect((await world.call(path)).status).toBe(404);
  const patch = { is_code_public: true, hints: ["Add."] };
  await world.send("PATCH", path, world.ann, patch, 200);
  expect(await world.get(path)).toMatchObject(patch);
  expect((await world.get("/api/history/")).results[0]).toMatchObject({ id: row.id });
});

import { keys } from "@algoitny/core/table/keys";
import { NumberValueImpl } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fields, type Json, type Person, startWorld, type World } from "../support/people.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const settled = async () => {
  await world.streams.drained();
  await world.queues.drained();
};

/** A number that DynamoDB stores and that JavaScript cannot represent. */
const LONG = NumberValueImpl.from("12345678901234567.5");

async function execution(fields: Fields = {}) {
  const { id } = await world.createProblem();
  const row = await world.record(world.ann, id, { failed_count: 1, ...fields });
  return { row, path: `/api/history/${row.id}/` };
}

const statusOf = async (path: string, as?: Person) =>
  (await world.call(path, as ? { as: as.token } : {})).status;

const repair = (path: string, fields: Fields, status = 200) =>
  world.send("PATCH", path, world.admin, { repair: fields }, status);

/** Status of a refused repair. */
async function refusal(path: string, fields: Fields, as = world.admin): Promise<number> {
  const body = JSON.stringify({ repair: fields });
  return (await world.call(path, { method: "PATCH", as: as.token, body })).status;
}

/** One value of each kind; tests/core/history/damaged-rows.dynamodb.test.ts tries all of them on the tables alone. */
const DAMAGED: [string, unknown][] = [
  ["passed_count", "many"],
  ["problem", LONG],
  ["problem_title", [1000]],
  ["platform", new Set(["baekjoon"])],
  ["code", { text: "c" }],
  ["sub", null],
];

test.each(DAMAGED)(
  "an execution whose %s is %j hides no other execution, and an admin's repair restores it",
  async (name, value) => {
    const { row, path } = await execution({ is_code_public: true });
    const before = await world.get(path, world.ann);
    await world.changeItem(keys.history(row.id), { [name]: value });
    await settled();
    expect(await statusOf(path)).toBe(500);
    expect((await world.get("/api/history/")).results[0]?.id).not.toBe(row.id);
    expect(await repair(path, {})).toMatchObject({ unreadable: [name] });

    const right = name === "sub" ? world.ann.sub : before[name];
    expect(await repair(path, { [name]: right })).toMatchObject({ unreadable: [] });
    for (const as of [undefined, world.ann, world.bob])
      expect(await world.get(path, as)).toEqual(before);
    expect(await world.get(`${path}hints/`)).toMatchObject({ status: "not_generated" });
    expect((await world.get("/api/history/")).results[0]).toMatchObject({ id: row.id });
    expect((await world.get("/api/history/?my_only=true", world.ann)).results[0].id).toBe(row.id);
    await world.send("PATCH", path, world.ann, { is_code_public: false }, 200);
    expect(await statusOf(path, world.bob)).toBe(404);
  },
);

test("a damaged attribute is logged by the item's key and the attribute's name, without its value", async () => {
  const { row, path } = await execution({ is_code_public: true });
  const key = keys.history(row.id);
  await world.changeItem(key, { user_identifier: { secret: "s3cret" }, total_count: "s3cret" });
  await settled();
  const ids = (await world.get("/api/history/")).results.map((each: Json) => each.id);
  expect(ids).not.toContain(row.id);
  const from = world.entries.length;
  expect(await statusOf(path)).toBe(500);
  const lines = world.entries
    .slice(from)
    .flatMap((entry) => ("text" in entry ? entry.text.split("\n") : []));
  const logged = lines.filter((line) => line.includes("an item cannot be read"));
  expect(logged.map((line) => JSON.parse(line.slice(line.indexOf("{"))))).toMatchObject([
    {
      ...key,
      error: {
        name: "UnreadableItemError",
        message: `the item ${key.pk} / ${key.sk} has attributes that cannot be read: user_identifier, total_count`,
      },
    },
  ]);
  expect(JSON.stringify(world.entries)).not.toContain("s3cret");
});

test.each([
  ["result_summary", { a: 1 }, { passed: 1 }],
  ["result_summary", "{not JSON", null],
  ["test_results", "all", [{ test_case_id: 1, passed: true }]],
  ["test_results", [true], []],
])("an execution whose %s is %j is repaired by an admin", async (name, value, right) => {
  const { row, path } = await execution();
  await world.changeItem(keys.historyDetail(row.id), { [name]: value });
  await settled();
  expect(await statusOf(path, world.ann)).toBe(500);
  expect(await repair(path, {})).toMatchObject({ unreadable: [name] });
  await repair(path, { [name]: right });
  expect(await world.get(path, world.ann)).toMatchObject({ code: row.code, [name]: right });
});

test.each([["row"], ["detail"]])(
  "an execution whose %s has another id is repaired by its owner, and by an admin",
  async (part) => {
    const one = await execution({ is_code_public: true });
    const key = part === "row" ? keys.history(one.row.id) : keys.historyDetail(one.row.id);
    for (const mend of [
      () => world.send("PATCH", one.path, world.ann, { is_code_public: true }, 200),
      () => repair(one.path, {}),
    ]) {
      await world.changeItem(key, { id: one.row.id + 1 });
      await settled();
      expect(await statusOf(one.path)).toBe(500);
      const [newest] = (await world.get("/api/history/")).results;
      expect(newest?.id === one.row.id).toBe(part === "detail");
      await mend();
      expect(await world.get(one.path)).toMatchObject({ id: one.row.id });
      expect((await world.get("/api/history/")).results[0]).toMatchObject({ id: one.row.id });
    }
  },
);

test.each([[LONG], [""], [{}], [null], [["sub-of-bob"]]])(
  "private code whose owner is %j is hidden from all users, until an admin names the owner",
  async (sub) => {
    const code = `secret of ${JSON.stringify(sub)}`;
    const { row, path } = await execution({ code });
    await world.changeItem(keys.history(row.id), { sub });
    await settled();
    const callers = [undefined, world.ann, world.bob, world.admin];
    for (const as of callers) {
      for (const each of [path, `${path}hints/`]) expect(await statusOf(each, as)).toBe(404);
      const { results } = await world.get("/api/history/?limit=100", as);
      expect(results.map((each: Json) => each.id)).not.toContain(row.id);
    }
    for (const as of [world.ann, world.bob])
      await world.send("PATCH", path, as, { is_code_public: true }, 404);

    expect(await refusal(path, { sub: world.ann.sub }, world.bob)).toBe(403);
    expect(await refusal(path, { sub: world.bob.sub })).toBe(409);
    const repaired = await repair(path, { sub: world.ann.sub });
    expect(JSON.stringify(repaired)).not.toContain("secret");
    expect(await world.get(path, world.ann)).toMatchObject({ code });
    for (const as of [undefined, world.bob, world.admin])
      expect(await statusOf(path, as)).toBe(404);
  },
);

test("a repair changes unreadable attributes only, and may be repeated", async () => {
  const { row, path } = await execution();
  await world.changeItem(keys.history(row.id), { total_count: "many" });
  expect(await refusal(path, { total_count: 3, code: "mine now" })).toBe(409);
  expect(await refusal(path, { sub: world.bob.sub })).toBe(409);
  await repair(path, { total_count: 3 });
  await repair(path, { total_count: 3 });
  expect(await refusal(path, { total_count: 4 })).toBe(409);
  expect(await world.get(path, world.ann)).toMatchObject({ total_count: 3, code: row.code });
});

test.each([
  [{ passed_count: -1 }],
  [{ passed_count: 1e15 }],
  [{ created_at: "yesterday" }],
  [{ sub: "" }],
  [{ is_code_public: true }],
  [{ id: 3 }],
  [{ foreign: 1 }],
])("a repair with %j is a 400", async (fields) => {
  const { path } = await execution();
  const error = expect.stringMatching(/^repair/);
  expect(await repair(path, fields, 400)).toMatchObject({ error });
});

test("a repair needs an existing execution, an admin, and a body without other fields", async () => {
  const { path } = await execution();
  const both = { repair: {}, is_code_public: true };
  const alone = await world.send("PATCH", path, world.admin, both, 400);
  expect(alone.error).toContain("send a repair without other fields");
  expect(await refusal(path, {}, world.ann)).toBe(403);
  expect(await refusal("/api/history/999999/", {})).toBe(404);
});

test("a repair has preconditions: an unreadable execution has no ETag, and matches only If-Match: *", async () => {
  const { row, path } = await execution({ is_code_public: true });
  const etag = (await world.call(path)).headers.get("etag") as string;
  await world.changeItem(keys.history(row.id), { user_identifier: {} });
  const send = async (headers: Record<string, string>) => {
    const body = JSON.stringify({ repair: { user_identifier: "ann" } });
    const init = { method: "PATCH", as: world.admin.token, body, headers };
    return (await world.call(path, init)).status;
  };
  expect(await send({ "if-match": etag })).toBe(412);
  expect(await send({ "if-none-match": "*" })).toBe(412);
  expect(await send({ "if-match": "*" })).toBe(200);
});

test.each([[LONG], ["seven"], [0], [null]])(
  "a user whose stored id is %j gets the id of their earlier executions back at the next execution",
  async (id) => {
    const { row } = await execution();
    await world.changeItem(keys.user(world.ann.sub), { id });
    const next = await world.record(world.ann, row.problem);
    expect(next.user).toBe(row.user);
    expect((await world.record(world.ann, row.problem)).user).toBe(row.user);
  },
);

test("a user whose id is unreadable and who has no executions gets the next free id", async () => {
  const { row } = await execution();
  const who = { sub: "no-executions", email: "none@example.com" };
  const newcomer = { ...who, token: await world.issueToken(who) };
  await world.changeItem(keys.user(who.sub), { id: "seven" });
  const first = await world.record(newcomer, row.problem);
  expect(first.user).toBeGreaterThan(row.user);
  expect((await world.record(newcomer, row.problem)).user).toBe(first.user);
});

test.each([
  ["status", { text: "done" }, { status: "failed" }],
  ["attempts", LONG, { status: "done", attempts: 0 }],
  ["result", "none", { status: "done", result: null }],
  ["requested_at", [], { status: "done" }],
  ["id", "x", { status: "done" }],
])(
  "the job of an invalidation whose %s is %j is returned with its readable fields",
  async (name, value, logged) => {
    const body = { keys: ["problem_detail:id:1"], async: true };
    const { id } = await world.send("POST", "/api/ops/cache/invalidate/", world.admin, body, 202);
    await settled();
    const path = `/api/ops/cache/invalidations/${id}/`;
    expect(await world.get(path, world.admin)).toMatchObject({ status: "done", error: null });
    await world.changeItem(keys.invalidationJob(id), { [name]: value });
    const error = expect.stringContaining("cannot be read");
    expect(await world.get(path, world.admin)).toMatchObject({ ...logged, id, error });
  },
);

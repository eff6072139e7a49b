import { keys } from "@algoitny/core/table/keys";
import { createClient } from "@algoitny/core/table/database";
import { NumberValueImpl } from "@aws-sdk/util-dynamodb";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Person, startWorld, type World } from "../support/people.ts";

let world: World;
const dynamodb = () => createClient(world.dynamodb.endpoint);

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const settled = async () => {
  await world.streams.drained();
  await world.queues.drained();
};

const number = (text: string) => NumberValueImpl.from(text);

const logged = (text: string, from = 0): boolean =>
  world.entries.slice(from).some((entry) => "text" in entry && entry.text.includes(text));

// Each kind of damage once: tests of the tables alone try all invalid values.
test.each([["many"], [2.5], [number("1e125")]])(
  "lists work while the problems' counter is %j, and the next problem repairs it",
  async (last) => {
    const { id, platform } = await world.createProblem();
    await world.createProblem({ is_completed: false });
    await world.changeItem(keys.counter("problem"), { last });
    await settled();
    expect((await world.get("/api/problems/"))[0]).toMatchObject({ id });
    expect((await world.get(`/api/problems/?platform=${platform}`))[0]).toMatchObject({ id });
    expect((await world.get("/api/problems/registered/", world.admin)).problems[0].id).toBe(id);
    expect((await world.get("/api/problems/drafts/", world.admin)).drafts[0].id).toBe(id + 1);
    expect(logged("set it to the highest problem id")).toBe(true);

    const next = await world.createProblem();
    expect(next.id).toBe(id + 2);
    await settled();
    expect((await world.get("/api/problems/"))[0]).toMatchObject({ id: next.id });
  },
);

test("a missing counter is written again by the next problem", async () => {
  const { id } = await world.createProblem();
  const client = dynamodb();
  const { pk, sk } = keys.counter("problem");
  await client.send(new DeleteCommand({ TableName: world.dynamodb.table, Key: { pk, sk } }));
  client.destroy();
  expect((await world.createProblem()).id).toBe(id + 1);
});

test("problems beyond a gap of thousands of ids are found while the counter is invalid", async () => {
  const client = dynamodb();
  const head = { platform: "codeforces", problem_id: "5001A", title: "Far", is_completed: true };
  const Item = { ...keys.problem(5_001), ...head, id: 5_001 };
  await client.send(new PutCommand({ TableName: world.dynamodb.table, Item }));
  client.destroy();
  await world.changeItem(keys.counter("problem"), { last: "many" });
  await settled();
  expect((await world.get("/api/problems/?platform=codeforces"))[0]).toMatchObject({ id: 5_001 });
  expect((await world.createProblem()).id).toBe(5_002);
});

async function newcomer(name: string): Promise<Person> {
  const who = { sub: `newcomer-${name}`, email: "new@example.com" };
  return { ...who, token: await world.issueToken(who) };
}

/** The counter of an execution in the public feed. */
const counterOf = (id: number) => keys.feedCounter({ kind: "public" }, 0, id % 64);

test.each([["many"], [{}], [number("12345678901234567.5")]])(
  "history works while a count of the public feed is %j, and the next write to that count repairs it",
  async (value) => {
    const { id } = await world.createProblem();
    const hidden = await world.record(world.ann, id, { is_code_public: true });
    await world.record(world.ann, id);
    // These pages are rarely loaded, and therefore exact: a frequently loaded page may be a second late while it is
    // hot.
    const stranger = await newcomer(`count-${JSON.stringify(value)}`);
    const pages = async () => {
      await settled();
      return [
        await world.get("/api/history/", stranger),
        await world.get("/api/history/?offset=1&limit=1", stranger),
        await world.get("/api/history/", world.ann),
      ];
    };
    const before = await pages();
    const damagedAt = world.entries.length;
    await world.changeItem(counterOf(hidden.id), { b0: value });
    expect(await pages()).toEqual(before);
    expect(logged("must be those of its entries", damagedAt)).toBe(true);

    await world.record(world.ann, id, { code: "next", is_code_public: true });
    const patch = { is_code_public: false };
    await world.send("PATCH", `/api/history/${hidden.id}/`, world.ann, patch, 200);
    const from = world.entries.length;
    const [first, , own] = await pages();
    expect(first.results[0]).toMatchObject({ code: "next" });
    expect([first.count, own.count]).toEqual([before[0].count, before[2].count + 1]);
    expect(logged("an item cannot be read", from)).toBe(false);
  },
);

test("a counter that was overwritten as a whole is counted again", async () => {
  const { id } = await world.createProblem();
  const row = await world.record(world.bob, id, { is_code_public: true });
  const client = dynamodb();
  const Item = { ...counterOf(row.id), note: "by hand" };
  const stranger = await newcomer("counter");
  const before = await world.get("/api/history/", stranger);
  await client.send(new PutCommand({ TableName: world.dynamodb.table, Item }));
  client.destroy();
  await settled();
  expect(await world.get("/api/history/", stranger)).toEqual(before);
  expect(before.results[0].id).toBe(row.id);
});

test.each([["7"], [number("12345678901234567.5")]])(
  "the next execution recounts a user's totals that are %j from the executions",
  async (value) => {
    const person = await newcomer(JSON.stringify(value));
    const [one, other] = [await world.createProblem(), await world.createProblem()];
    await world.record(person, one.id, { is_code_public: true });
    await world.record(person, one.id, { failed_count: 1, language: "c" });
    const totals = ["total_executions", "total_problems", "failed_executions", "passed_executions"];
    const names = [...totals, "platform#baekjoon", "language#c"];
    const damage = Object.fromEntries(names.map((name) => [name, value]));
    await world.changeItem(keys.userStats(person.sub), damage);
    await world.record(person, other.id, { failed_count: 1, language: "c" });
    expect(await world.get("/api/account/stats/", person)).toEqual({
      total_executions: 3,
      passed_executions: 1,
      failed_executions: 2,
      total_problems: 2,
      by_platform: { baekjoon: 3 },
      by_language: { c: 2, python: 1 },
    });
  },
);

test("executions, test cases and users get unused ids while their counters are invalid", async () => {
  const { id } = await world.createProblem();
  const path = `/api/problems/${id}/testcases/`;
  const cases = [{ input: "1", output: "" }];
  await world.send("POST", path, world.admin, cases, 201);
  const before = await world.record(world.ann, id);
  for (const name of ["history", "test_case", "user"] as const)
    await world.changeItem(keys.counter(name), { last: "many" });
  const after = await world.record(world.ann, id);
  expect(after.id).toBeGreaterThan(before.id);
  await world.send("POST", path, world.admin, cases, 201);
  expect(await world.get(path)).toHaveLength(2);
  const row = await world.record(await newcomer("fresh"), id);
  expect(row.user).toBeGreaterThan(before.user);
});

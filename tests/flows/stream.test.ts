import { keys } from "@algoitny/core/table/keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cost, type Json, startWorld, type World } from "../support/people.ts";

let world: World;
let problem: Json;
let draft: Json;
let testCase: Json;
let row: Json;

beforeAll(async () => {
  world = await startWorld();
  problem = await world.createProblem({ problem_id: "1000", constraints: "old" });
  draft = await world.createProblem({ problem_id: "2000", is_completed: false });
  testCase = await world.send("POST", `/api/problems/${problem.id}/testcases/`, world.admin, {
    input: "old",
    output: "x",
  });
  row = await world.record(world.ann, problem.id, {
    is_code_public: true,
    test_results: [{ test_case_id: testCase.id, passed: true, status: "passed", output: "x" }],
  });
  await world.streams.drained();
});
afterAll(() => world.close());

type Who = "nobody" | "ann" | "bob" | "admin";
type Read = readonly [path: string, who: Who];

const read = ([path, who]: Read) =>
  world.call(path, who === "nobody" ? {} : { as: world[who].token });

interface Case {
  /** Writes a new number into an item. */
  change: (mark: number) => Promise<void>;
  reads: () => Read[];
}

const CASES: Record<string, Case> = {
  "a changed title shows in every list and detail of the problem": {
    change: (mark) => world.changeItem(keys.problem(problem.id), { title: `Title ${mark}` }),
    reads: () => [
      ["/api/problems/", "nobody"],
      ["/api/problems/?platform=baekjoon", "nobody"],
      [`/api/problems/${problem.id}/`, "nobody"],
      ["/api/problems/baekjoon/1000/", "nobody"],
      ["/api/problems/registered/", "admin"],
    ],
  },
  "a changed draft shows among the drafts": {
    change: (mark) => world.changeItem(keys.problem(draft.id), { title: `Draft ${mark}` }),
    reads: () => [
      ["/api/problems/drafts/", "admin"],
      [`/api/problems/${draft.id}/`, "admin"],
    ],
  },
  "changed constraints show in details and in the admin's lists": {
    change: (mark) =>
      world.changeItem(keys.problemBody(problem.id), { constraints: `n < ${mark}` }),
    reads: () => [
      [`/api/problems/${problem.id}/`, "nobody"],
      ["/api/problems/baekjoon/1000/", "admin"],
      ["/api/problems/registered/", "admin"],
    ],
  },
  "a changed test case shows with its problem and in the results of executions": {
    change: (mark) =>
      world.changeItem(keys.testCase(problem.id, testCase.id), { input: `${mark}` }),
    reads: () => [
      [`/api/problems/${problem.id}/testcases/`, "nobody"],
      [`/api/problems/${problem.id}/`, "nobody"],
      ["/api/problems/baekjoon/1000/", "nobody"],
      [`/api/history/${row.id}/`, "nobody"],
    ],
  },
  "a changed execution shows in the feeds and in its detail": {
    change: (mark) => world.changeItem(keys.history(row.id), { code: `print(${mark})` }),
    reads: () => [
      ["/api/history/", "nobody"],
      ["/api/history/", "ann"],
      ["/api/history/", "bob"],
      ["/api/history/?my_only=true", "ann"],
      [`/api/history/${row.id}/`, "nobody"],
    ],
  },
  "changed hints show in the execution's detail and in its hints": {
    change: (mark) => world.changeItem(keys.historyDetail(row.id), { hints: [`Hint ${mark}`] }),
    reads: () => [
      [`/api/history/${row.id}/`, "nobody"],
      [`/api/history/${row.id}/hints/`, "nobody"],
    ],
  },
  "changed statistics show to their user": {
    change: (mark) => world.changeItem(keys.userStats(world.ann.sub), { total_executions: mark }),
    reads: () => [["/api/account/stats/", "ann"]],
  },
};

let lastMark = 90_000;

test.each(Object.entries(CASES))(
  "%s, once the stream has delivered it",
  async (_, { change, reads }) => {
    const mark = (lastMark += 1);
    const all = reads();
    for (const each of all) {
      await read(each);
      const again = await read(each);
      expect([each, cost(again)]).toEqual([each, { cache: "hit", reads: 0 }]);
      expect(await again.text()).not.toContain(String(mark));
    }
    await change(mark);
    await delivered();
    for (const each of all) expect(await (await read(each)).text()).toContain(String(mark));
  },
);

test("a completed draft is in the public lists, and no longer among the drafts", async () => {
  const { id } = await world.createProblem({ is_completed: false });
  await world.changeItem(keys.problem(id), { is_completed: true });
  const idsIn = (list: Json) => list.map((each: Json) => each.id);
  await delivered();
  expect(idsIn(await world.get("/api/problems/"))).toContain(id);
  const { drafts } = await world.get("/api/problems/drafts/", world.admin);
  expect(idsIn(drafts)).not.toContain(id);
  const { problems } = await world.get("/api/problems/registered/", world.admin);
  expect(idsIn(problems)).toContain(id);
  expect((await world.call(`/api/problems/${id}/`)).status).toBe(200);
});

/** Resolves when the stream has delivered all changes, and the queues all resulting messages. */
async function delivered(): Promise<void> {
  await world.streams.drained();
  await world.queues.drained();
}

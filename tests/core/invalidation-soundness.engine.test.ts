import { isDeepStrictEqual } from "node:util";
import { Loaded, type Resource } from "@algoitny/cache";
import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import { tagsFor } from "@algoitny/core/invalidation";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import { ProblemListQuery } from "@algoitny/core/problem/problem-input";
import type { Source } from "@algoitny/core/source";
import type { Written } from "@algoitny/core/table/entities";
import type { Tables } from "@algoitny/core/tables";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { userStats } from "@algoitny/core/user/user.resources";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "./fixtures.ts";

const context = { signal: new AbortController().signal };

/** A cached view as a request sees it: its tags, and what it shows now. */
interface View {
  key: string;
  tags: readonly string[];
  read(source: Source): Promise<unknown>;
}

function view<Params, Value>(resource: Resource<Params, Value, Source>, params: Params): View {
  return {
    key: resource.keyFor(params),
    tags: resource.tagsFor(params).map((tag) => (typeof tag === "string" ? tag : tag.tag)),
    read: async (source) => {
      const value = await resource.load(params, source, context);
      return value instanceof Loaded ? { value: value.value, headers: value.headers } : value;
    },
  };
}

const viewers = [undefined, "ann", "bob"];
const lists = [{}, { platform: "codeforces" }, { platform: "baekjoon" }, { search: "a" }];
const ids = [1, 2, 3];
const pairs = [
  ["codeforces", "4A"],
  ["codeforces", "4B"],
  ["baekjoon", "1000"],
] as const;
const VIEWS: readonly View[] = [
  ...lists.map((query) => view(problemList, ProblemListQuery.parse(query))),
  view(problemDrafts, undefined),
  view(problemRegistered, undefined),
  ...[false, true].flatMap((admin) => [
    ...ids.map((id) => view(problemDetail, { id, admin })),
    ...ids.map((problem) => view(testCaseList, { problem, admin })),
    ...pairs.map(([platform, problem_id]) => view(problemDetail, { platform, problem_id, admin })),
  ]),
  ...viewers.flatMap((viewer) => [
    ...[false, true].map((my_only) =>
      view(searchHistory, { viewer, my_only, offset: 0, limit: 20 }),
    ),
    ...ids.map((id) => view(historyDetail, { id, viewer })),
  ]),
  ...["ann", "bob"].map((sub) => view(userStats, { sub })),
];

const pick = fc.nat({ max: 2 });
const patch = fc.oneof(
  fc.record({ title: fc.constantFrom("a", "b", "c") }),
  fc.record({ is_completed: fc.boolean() }),
  fc.record({ is_deleted: fc.boolean() }),
  fc.record({ solution_code: fc.constantFrom("x", null), constraints: fc.constantFrom("", "few") }),
  fc.record({ execution_count: fc.nat({ max: 3 }) }),
  pick.map((index) => ({ platform: pairs[index]?.[0] ?? "", problem_id: pairs[index]?.[1] ?? "" })),
);
type Write = (tables: Tables) => Promise<Written>;
const testCase = fc.record({ input: fc.constantFrom("1", "2"), output: fc.constantFrom("1", "2") });
const sub = fc.constantFrom("ann", "bob");

const write: fc.Arbitrary<Write> = fc.oneof(
  fc.tuple(pick, fc.boolean()).map(([index, is_completed]): Write => {
    const [platform, problem_id] = pairs[index] ?? pairs[0];
    return ({ problems }) => problems.create(aProblem({ platform, problem_id, is_completed }));
  }),
  {
    weight: 4,
    arbitrary: fc.tuple(pick, patch).map(
      ([index, fields]): Write =>
        ({ problems }) =>
          problems.change(index + 1, fields),
    ),
  },
  pick.map(
    (index): Write =>
      ({ problems }) =>
        problems.remove(index + 1),
  ),
  fc.tuple(pick, testCase).map(
    ([index, input]): Write =>
      ({ testCases }) =>
        testCases.add(index + 1, [input]),
  ),
  fc.tuple(pick, pick, testCase).map(
    ([index, id, input]): Write =>
      ({ testCases }) =>
        testCases.change(index + 1, id + 1, input),
  ),
  fc.tuple(pick, pick).map(
    ([index, id]): Write =>
      ({ testCases }) =>
        testCases.remove(index + 1, id + 1),
  ),
  {
    weight: 3,
    arbitrary: fc
      .tuple(pick, sub, fc.boolean())
      .map(([index, name, is_code_public]): Write => ({ history }) => {
        const test_results = [{ test_case_id: 1, passed: true }];
        return history.record(
          actor(name),
          anExecution({ problem_id: index + 1, is_code_public, test_results }),
        );
      }),
  },
  fc.tuple(pick, sub, fc.boolean()).map(
    ([index, name, is_code_public]): Write =>
      ({ history }) =>
        history.change(index + 1, name, { is_code_public, hints: is_code_public ? ["try"] : [] }),
  ),
);

/** Views that a write changed although it bumps none of their tags: each would be served stale. */
async function findStale(source: Source, writes: readonly Write[]): Promise<string[]> {
  const readAll = () => Promise.all(VIEWS.map((one) => one.read(source)));
  const stale: string[] = [];
  let before = await readAll();
  for (const step of writes) {
    const written = await step(await source.tables()).catch(() => undefined); // a refused write changes nothing
    const bumped = new Set<string>(tagsFor(written?.changes ?? []));
    const after = await readAll();
    for (const [index, { key, tags }] of VIEWS.entries()) {
      const changed = !isDeepStrictEqual(before[index], after[index]);
      if (changed && !tags.some((tag) => bumped.has(tag))) stale.push(key);
    }
    before = after;
  }
  return stale;
}

test("whatever is written in whatever order, every view that shows something else is bumped", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 5, maxLength: 25 }), async (writes) => {
      await using app = await setup();
      const source: Source = { tables: () => Promise.resolve(app.tables) };
      await app.tables.problems.create(aProblem());
      expect(await findStale(source, writes)).toEqual([]);
    }),
    { numRuns: 4 },
  );
}, 120_000);

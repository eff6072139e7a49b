import { HistoryDetail, HistoryRow } from "@algoitny/core/history/history.answers";
import { toHistoryDetail, toHistoryRow } from "@algoitny/core/history/history-view";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

const ann = actor("ann", { email: "Ann@Example.com", identifier: "Ann" });

test("an execution copies the problem's and the token's values of its time", async () => {
  await using app = await setup({ now: () => Date.UTC(2025, 9, 7) });
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(
    aProblem({ platform: "baekjoon", problem_id: "1000", title: "A+B" }),
  );
  const { id } = await history.record(ann, anExecution({ problem_id, is_code_public: true }));
  await problems.change(problem_id, { title: "renamed" });

  const found = await history.get(id);
  expect(HistoryRow.strict().parse(found && toHistoryRow(found.row))).toEqual({
    id,
    user_email: "Ann@Example.com",
    user_identifier: "Ann",
    platform: "baekjoon",
    problem_number: "1000",
    problem_title: "A+B",
    language: "python",
    passed_count: 1,
    failed_count: 0,
    total_count: 1,
    is_code_public: true,
    created_at: "2025-10-07T00:00:00.000Z",
    code: "print(1)",
    has_hints: false,
  });
});

test("a detail shows the problem's test cases as they are now, and null for deleted ones", async () => {
  await using app = await setup();
  const { history, problems, testCases } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const { testCases: added } = await testCases.add(problem_id, [
    { input: "1", output: "2" },
    { input: "3", output: "4" },
  ]);
  const [kept = 0, gone = 0] = added.map(({ id }) => id);
  const result = { passed: true, status: "ok", output: "2", error: null };
  const test_results = [kept, gone].map((test_case_id) => ({ ...result, test_case_id }));
  const result_summary = { deep: [{ big: 1e300, text: "ö" }] };
  const { id } = await history.record(
    ann,
    anExecution({ problem_id, test_results, result_summary }),
  );
  await testCases.change(problem_id, kept, { input: "new", output: "newer" });
  await testCases.remove(problem_id, gone);

  const found = await history.get(id);
  const detail = found && toHistoryDetail(found, await testCases.list(problem_id));
  expect(HistoryDetail.strict().parse(detail)).toMatchObject({
    user: 1,
    problem: problem_id,
    result_summary,
    test_results: [
      { ...result, test_case_id: kept, input: "new", expected: "newer" },
      { ...result, test_case_id: gone, input: null, expected: null },
    ],
    hints: [],
  });
});

test("only its owner may change an execution, and a private one is a 404 for others", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const hidden = await history.record(ann, anExecution({ problem_id }));
  const shown = await history.record(ann, anExecution({ problem_id, is_code_public: true }));

  await expect(history.change(hidden.id, "bob", { is_code_public: true })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(history.change(shown.id, "bob", { is_code_public: false })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(history.change(99, "ann", { hints: [] })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("hints are stored as given, and lists show whether an execution has any", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const result_summary = { verdict: "ok" };
  const { id } = await history.record(ann, anExecution({ problem_id, result_summary }));
  const hints = ["try small inputs", { title: "Parity", content: "4 is even" }];

  await history.change(id, "ann", { hints });
  expect(await history.get(id)).toMatchObject({
    row: { has_hints: true },
    detail: { hints, result_summary },
  });
  await history.change(id, "ann", { hints: [] });
  expect(await history.get(id)).toMatchObject({
    row: { has_hints: false },
    detail: { hints: [], result_summary },
  });
});

test("an execution of a missing or deleted problem is refused as not_found, as is one of a draft, except an admin's", async () => {
  await using app = await setup();
  const { history, problems, users } = app.tables;
  const draft = await problems.create(aProblem({ problem_id: "1A", is_completed: false }));
  const deleted = await problems.create(aProblem({ problem_id: "2A" }));
  await problems.remove(deleted.id);

  for (const problem_id of [99, deleted.id, draft.id]) {
    await expect(history.record(ann, anExecution({ problem_id }))).rejects.toMatchObject({
      code: "not_found",
    });
  }
  expect(await users.getStats("ann")).toBeUndefined();
  await history.record(actor("root", { admin: true }), anExecution({ problem_id: draft.id }));
  expect((await problems.getWithBody(draft.id))?.problem.execution_count).toBe(1);
});

test("an execution of more than 400 KB is refused and not counted", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());

  const tooLong = anExecution({ problem_id, code: "x".repeat(409_600) });
  await expect(history.record(ann, tooLong)).rejects.toMatchObject({ code: "too_large" });
  expect((await problems.getWithBody(problem_id))?.problem.execution_count).toBe(0);
});

test("a row that was made private by hand, without its feeds, is hidden from all but its owner", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const { id } = await history.record(ann, anExecution({ problem_id, is_code_public: true }));
  const row = (await history.get(id))?.row;
  await app.replaceItem(
    { pk: `HISTORY#${id}`, sk: "HISTORY" },
    { ...row, entity: "history", is_code_public: false },
  );

  expect(
    await history.page({ viewer: undefined, my_only: false, offset: 0, limit: 20 }),
  ).toMatchObject({ rows: [] });
  expect(
    (await history.page({ viewer: "ann", my_only: true, offset: 0, limit: 20 })).rows,
  ).toHaveLength(1);
});

test("a page contains executions of all partition keys of the public feed, newest first", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { id: problem_id } = await problems.create(aProblem());
  const ids: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    const input = anExecution({ problem_id, is_code_public: true });
    ids.push((await history.record(actor("ann"), input)).id);
  }
  const page = await history.page({ viewer: undefined, my_only: false, offset: 1, limit: 8 });
  expect(page.rows.map(({ id }) => id)).toEqual(ids.toReversed().slice(1, 9));
});

import { createTables, type Tables } from "@algoitny/core/tables";
import type { HistoryRepair } from "@algoitny/core/history/history-input";
import { type Key, keys } from "@algoitny/core/table/keys";
import type { Precondition } from "@algoitny/core/validators";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "./support/fixtures.ts";

const OTHERS: Record<string, (tables: Tables, id: number, testCase: number) => Promise<unknown>> = {
  "a change of the head": ({ problems }, id) => problems.change(id, { title: "Other" }),
  "a change of the body": ({ problems }, id) => problems.change(id, { constraints: "Other" }),
  "a new test case": ({ testCases }, id) => testCases.add(id, [{ input: "3", output: "4" }]),
  "a changed test case": ({ testCases }, id, testCase) =>
    testCases.change(id, testCase, { input: "5", output: "6" }),
  "a removed test case": ({ testCases }, id, testCase) => testCases.remove(id, testCase),
};

const WRITES: Record<string, (tables: Tables, id: number, same: Precondition) => Promise<unknown>> =
  {
    "a change": ({ problems }, id, same) => problems.change(id, { language: "c" }, same),
    "a deletion": ({ problems }, id, same) => problems.remove(id, same),
  };

/** Tables on which `between` runs once, after all reads and before the write. */
async function withinAWrite(between: (tables: Tables) => Promise<unknown>) {
  const app = await setup();
  const { db } = app.table;
  let done = false;
  const send = async (command: never) => {
    if ((command as object) instanceof TransactWriteCommand && !done) {
      done = true;
      await between(app.tables);
    }
    return db.send(command);
  };
  return { app, interrupted: createTables({ ...db, send: send as typeof db.send }) };
}

test.each(
  Object.keys(OTHERS).flatMap((other) => Object.keys(WRITES).map((write) => [other, write])),
)("%s between the reads and the transaction of %s fails its precondition", async (other, write) => {
  let id = 0;
  let testCase = 0;
  const { app, interrupted } = await withinAWrite(async (tables) =>
    OTHERS[other]?.(tables, id, testCase),
  );
  await using _ = app;
  ({ id } = await app.tables.problems.create(aProblem({ constraints: "n" })));
  const added = await app.tables.testCases.add(id, [{ input: "1", output: "2" }]);
  testCase = added.testCases[0]?.id ?? 0;

  const tags: (string | undefined)[] = [];
  const same: Precondition = (item) => {
    tags.push(item?.tag?.split(".")[0]);
    return tags.every((tag) => tag === tags[0]);
  };
  await expect(WRITES[write]?.(interrupted, id, same)).rejects.toMatchObject({
    code: "precondition_failed",
  });
  expect(tags).toHaveLength(2);
  expect(await app.tables.problems.get(id)).toMatchObject({ language: "", is_deleted: false });
});

test.each(["a new test case", "a changed test case", "a removed test case"])(
  "%s between the reads and the transaction of an addition fails a precondition on the list",
  async (other) => {
    let id = 0;
    let testCase = 0;
    const { app, interrupted } = await withinAWrite(async (tables) =>
      OTHERS[other]?.(tables, id, testCase),
    );
    await using _ = app;
    ({ id } = await app.tables.problems.create(aProblem()));
    const added = await app.tables.testCases.add(id, [{ input: "1", output: "2" }]);
    testCase = added.testCases[0]?.id ?? 0;
    const tags = new Set<string | undefined>();
    const same: Precondition = (item) => tags.add(item?.tag).size === 1;
    await expect(
      interrupted.testCases.add(id, [{ input: "mine", output: "" }], same),
    ).rejects.toMatchObject({ code: "precondition_failed" });
    const inputs = (await app.tables.testCases.list(id)).map(({ input }) => input);
    expect(inputs).not.toContain("mine");
  },
);

const REPAIRS: Record<string, [(id: number) => Key, HistoryRepair]> = {
  row: [keys.history, { passed_count: 1 }],
  detail: [keys.historyDetail, { test_results: [] }],
};

test.each(Object.entries(REPAIRS))(
  "the owner's change between the reads and the transaction of a repair of the %s fails its precondition",
  async (_item, [keyOf, repair]) => {
    let id = 0;
    const ann = actor("ann");
    const { app, interrupted } = await withinAWrite(({ history }) =>
      history.change(id, ann.sub, { is_code_public: true }),
    );
    await using _ = app;
    const { id: problem_id } = await app.tables.problems.create(aProblem());
    ({ id } = await app.tables.history.record(ann, anExecution({ problem_id })));
    const [broken = ""] = Object.keys(repair);
    await app.changeItem(keyOf(id), { [broken]: true });
    let checks = 0;
    const unchanged: Precondition = () => (checks += 1) === 1;
    await expect(interrupted.history.repair(id, repair, unchanged)).rejects.toMatchObject({
      code: "precondition_failed",
    });
    expect(await app.tables.history.repair(id, {})).toMatchObject({ unreadable: [broken] });
  },
);

test("executions between the reads and the transaction fail no precondition", async () => {
  let id = 0;
  const { app, interrupted } = await withinAWrite(({ history }) =>
    history.record(actor("ann"), anExecution({ problem_id: id })),
  );
  await using _ = app;
  ({ id } = await app.tables.problems.create(aProblem()));
  const edits: (string | undefined)[] = [];
  const noted: Precondition = (item) => edits.push(item?.tag?.split(".")[0]) > 0;
  await interrupted.problems.change(id, { language: "c" }, noted);
  await interrupted.problems.change(id, { language: "rust" }, noted);
  await interrupted.problems.change(id, { language: "c" }, noted);
  await app.tables.history.record(actor("ann"), anExecution({ problem_id: id }));
  await interrupted.problems.change(id, {}, noted);
  expect(edits).toEqual([edits[0], edits[1], edits[2], edits[1]]);
  expect(new Set(edits).size).toBe(3);
  const { problem } = (await app.tables.problems.getWithBody(id)) ?? {};
  expect(problem).toMatchObject({ language: "c", execution_count: 2 });
});

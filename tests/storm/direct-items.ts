import { remove } from "@algoitny/core/table/action";
import { keys } from "@algoitny/core/table/keys";
import { transact } from "@algoitny/core/table/transact";
import { createTables } from "@algoitny/core/tables";
import { type Desk, pick, type Written } from "./desk.ts";
import { directly } from "./direct-writes.ts";
import { addProblem, afterProblem, withProblem } from "./random-problem-writes.ts";
import { writeProblem } from "./state.ts";
import {
  arrive,
  hasRoom,
  hasTestCases,
  without,
  writeTestCases,
} from "./random-test-case-writes.ts";

const insertProblem = (desk: Desk): Promise<Written> =>
  addProblem(desk, (input) => {
    const nowMs = Date.now();
    const { problems } = createTables(desk.db, { now: () => nowMs });
    return directly(desk, `inserts ${input.title} into`, ["the catalogue"], async () => {
      const { id } = await problems.create(input);
      return { id, created_at: new Date(nowMs).toISOString() };
    });
  });

const insertTestCase = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasRoom, (id, before) =>
    arrive(desk, id, before, 1, (inputs) =>
      directly(desk, "inserts a test case of", [`problem ${id}`, "the catalogue"], async () => {
        const { testCases } = await createTables(desk.db).testCases.add(id, inputs);
        return testCases;
      }),
    ),
  );

const removeTestCase = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasTestCases, (id, before) => {
    const { id: caseId } = pick(desk, before.testCases);
    return writeTestCases(desk, id, before, without(before, caseId), () =>
      directly(desk, `removes test case ${caseId} of`, [`problem ${id}`], async () => {
        await createTables(desk.db).testCases.remove(id, caseId);
        return undefined;
      }),
    );
  });

const removeBody = (desk: Desk): Promise<Written | undefined> =>
  withProblem(
    desk,
    ({ body }) => body !== undefined,
    async (id, before) => {
      const { db, state } = desk;
      const acknowledge = writeProblem(state, id, { ...before, body: undefined });
      await directly(desk, "removes the texts of", [`problem ${id}`, "the catalogue"], () =>
        transact(db, [remove(db, keys.problemBody(id))]),
      );
      acknowledge();
      return afterProblem(desk, id);
    },
  );

/** Inserts an item of a random kind directly into the table. */
export const insertDirectly = (desk: Desk): Promise<Written | undefined> =>
  pick(desk, [insertProblem, insertTestCase])(desk);

/** Removes an item of a random kind directly from the table. */
export const removeDirectly = (desk: Desk): Promise<Written | undefined> =>
  pick(desk, [removeTestCase, removeBody])(desk);

import { update } from "@algoitny/core/table/action";
import type { EntityName } from "@algoitny/core/table/entities";
import { type Key, keys } from "@algoitny/core/table/keys";
import { transact } from "@algoitny/core/table/transact";
import { type Desk, pick, type Written } from "./desk.ts";
import { statsQuestion } from "./execution-questions.ts";
import { afterExecution, ownExecution } from "./random-execution-writes.ts";
import { afterProblem, withProblem } from "./random-problem-writes.ts";
import { type ProblemState, writeExecution, writeProblem } from "./state.ts";
import { hasTestCases } from "./random-test-case-writes.ts";

interface Item {
  key: Key;
  entity: EntityName;
  set: Record<string, unknown>;
}

/**
 * Writes to DynamoDB without the API, as a migration or a person would. The write counts as acknowledged when the
 * stream has delivered it.
 */
export async function directly<Result>(
  { journal, person, drained }: Desk,
  what: string,
  about: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const done = `direct  ${person.name} ${what} ${about[0]} in DynamoDB`;
  journal.note(about, done);
  const result = await work();
  await drained();
  journal.note(about, `${done}: the stream has delivered it`);
  return result;
}

async function changeItem(
  desk: Desk,
  { key, entity, set }: Item,
  about: readonly string[],
  acknowledge: () => void,
): Promise<void> {
  const { db } = desk;
  await directly(desk, `changes ${Object.keys(set).join(", ")} of`, about, () =>
    transact(db, [update(db, key, entity, { set })]),
  );
  acknowledge();
}

/** Changes one of a problem's items. */
type ProblemChange = (
  desk: Desk,
  id: number,
  before: ProblemState,
) => Item & { next: ProblemState };

const head =
  (fields: (desk: Desk, before: ProblemState) => Partial<ProblemState["problem"]>): ProblemChange =>
  (desk, id, before) => {
    const set = fields(desk, before);
    const next = { ...before, problem: { ...before.problem, ...set } };
    return { key: keys.problem(id), entity: "problem", set, next };
  };

const problemChanges: readonly ProblemChange[] = [
  head(({ text }) => ({ title: text("direct") })),
  head((_, { problem }) => ({ is_completed: !problem.is_completed })),
  head((_, { problem }) => ({ is_deleted: !problem.is_deleted })),
  ({ text }, id, before) => {
    const constraints = text("limits");
    const body = { id, solution_code: null, ...before.body, constraints };
    return {
      key: keys.problemBody(id),
      entity: "problem_body",
      set: body,
      next: { ...before, body },
    };
  },
];

const changeTestCaseItem: ProblemChange = (desk, id, before) => {
  const { id: caseId } = pick(desk, before.testCases);
  const set = { input: desk.text("in") };
  const testCases = before.testCases.map((each) =>
    each.id === caseId ? { ...each, ...set } : each,
  );
  return {
    key: keys.testCase(id, caseId),
    entity: "test_case",
    set,
    next: { ...before, testCases },
  };
};

function changeProblemItem(
  desk: Desk,
  suits: (one: ProblemState) => boolean,
  makeChange: ProblemChange,
): Promise<Written | undefined> {
  return withProblem(desk, suits, async (id, before) => {
    const { next, ...item } = makeChange(desk, id, before);
    await changeItem(
      desk,
      item,
      [`problem ${id}`, "the catalogue"],
      writeProblem(desk.state, id, next),
    );
    return afterProblem(desk, id);
  });
}

async function changeExecutionItem(desk: Desk): Promise<Written | undefined> {
  const one = ownExecution(desk);
  if (!one) return undefined;
  const { id } = one.row;
  const about = [`execution ${id}`, "the executions"];
  if (desk.random() < 0.5) {
    const set = { code: desk.text("code") };
    const acknowledge = writeExecution(desk.state, id, { ...one, row: { ...one.row, ...set } });
    await changeItem(desk, { key: keys.history(id), entity: "history", set }, about, acknowledge);
  } else {
    const set = { hints: [desk.text("hint")] };
    const acknowledge = writeExecution(desk.state, id, {
      ...one,
      detail: { ...one.detail, ...set },
    });
    await changeItem(
      desk,
      { key: keys.historyDetail(id), entity: "history_detail", set },
      about,
      acknowledge,
    );
  }
  return afterExecution(desk, id);
}

async function changeStatsItem(desk: Desk): Promise<Written | undefined> {
  const { state, person, random } = desk;
  const register = state.stats.get(person.sub);
  if (!register || register.latest.total_executions === 0) return undefined;
  const set = { total_executions: register.latest.total_executions + 1 + Math.floor(random() * 9) };
  const acknowledge = register.write({ ...register.latest, ...set });
  const item: Item = { key: keys.userStats(person.sub), entity: "user_stats", set };
  await changeItem(desk, item, [`statistics of ${person.name}`], acknowledge);
  return { near: [statsQuestion(state, person)], far: [] };
}

/** Makes a random change directly in the table. */
export function changeDirectly(desk: Desk): Promise<Written | undefined> {
  const kinds = [
    ...problemChanges.map((each) => () => changeProblemItem(desk, () => true, each)),
    () => changeProblemItem(desk, hasTestCases, changeTestCaseItem),
    () => changeExecutionItem(desk),
    () => changeStatsItem(desk),
  ];
  return pick(desk, kinds)();
}

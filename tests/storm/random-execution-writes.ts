import type { Hint, History, HistoryDetailItem } from "@algoitny/core/history/history";
import { isListed } from "@algoitny/core/problem/problem";
import { type Desk, pick, send, type Written } from "./desk.ts";
import {
  executionQuestions,
  feedQuestion,
  laterPageQuestion,
  statsQuestion,
} from "./execution-questions.ts";
import { problemQuestions } from "./problem-questions.ts";
import { withProblem } from "./random-problem-writes.ts";
import {
  countExecution,
  type ExecutionState,
  type ProblemState,
  writeExecution,
  writeProblem,
} from "./state.ts";

const LANGUAGES = ["python", "cpp", "java"] as const;

/** Number of the latest executions, of all users, among which writers change their own. */
const LATE_EXECUTIONS = 30;

/**
 * Reads that an execution affects: pages of feeds, its detail for its owner, for another user and for an anonymous
 * reader, and its owner's statistics.
 */
export function afterExecution(desk: Desk, id: number): Written {
  const { state, person } = desk;
  const stranger = desk.others.find(({ sub }) => sub !== person.sub);
  return {
    near: [
      feedQuestion(state, undefined),
      feedQuestion(state, person),
      feedQuestion(state, stranger),
      feedQuestion(state, person, true),
      laterPageQuestion(state, undefined),
      laterPageQuestion(state, person),
      ...executionQuestions(state, id, person),
      ...executionQuestions(state, id, stranger).slice(0, 1),
      ...executionQuestions(state, id, undefined).slice(0, 1),
      statsQuestion(state, person),
    ],
    far: [],
  };
}

export const recordExecution = (desk: Desk): Promise<Written | undefined> =>
  withProblem(
    desk,
    ({ problem }) => isListed(problem),
    async (problemId, before) => {
      const { state, person } = desk;
      const { input, row, detail } = newExecution(desk, before);
      const sent = state.moments.next();
      const acknowledgements = [
        countExecution(state, undefined, row),
        countFor(desk, row, before),
        writeProblem(state, problemId, {
          ...before,
          problem: { ...before.problem, execution_count: before.problem.execution_count + 1 },
        }),
      ];
      state.arriving.add(row.code);
      const reply = await send(desk, {
        method: "POST",
        path: "/api/history/",
        as: person,
        body: input,
        about: ["the executions", `problem ${problemId}`, `statistics of ${person.name}`],
        what: `records ${row.is_code_public ? "a public" : "a private"} execution of problem ${problemId}`,
      });
      const { id, user, created_at } = JSON.parse(reply.body) as History;
      const one: ExecutionState = {
        row: { ...row, id, user, created_at },
        detail: { ...detail, id },
      };
      state.executions.add(id, one, sent)();
      for (const acknowledge of acknowledgements) acknowledge();
      state.arriving.delete(row.code);
      const { near } = afterExecution(desk, id);
      return {
        near: [
          ...near,
          ...[undefined, desk.admin].flatMap((who) =>
            problemQuestions(state, problemId, who).slice(0, 2),
          ),
        ],
        far: [],
      };
    },
  );

function newExecution(desk: Desk, { problem, testCases }: ProblemState) {
  const { person, random, text } = desk;
  const failed_count = random() < 0.5 ? 0 : 1;
  const counted = {
    language: pick(desk, LANGUAGES),
    code: text("code"),
    passed_count: 1,
    failed_count,
    total_count: 1 + failed_count,
    is_code_public: random() < 0.5,
  };
  const result_summary = { passed: 1 };
  const test_results = testCases.map(({ id }) => ({
    test_case_id: id,
    passed: true,
    status: "passed",
    output: "",
    error: null,
  }));
  const { platform, problem_id: problem_number, title: problem_title } = problem;
  const row: History = {
    ...counted,
    id: 0,
    sub: person.sub,
    user: 0,
    user_email: person.email,
    user_identifier: person.name,
    problem: problem.id,
    platform,
    problem_number,
    problem_title,
    created_at: "",
    has_hints: false,
  };
  const detail: HistoryDetailItem = { id: 0, result_summary, test_results, hints: [] };
  return {
    input: { ...counted, problem_id: problem.id, result_summary, test_results },
    row,
    detail,
  };
}

/** Adds an execution to its user's statistics. */
function countFor({ state, person }: Desk, row: History, { problem }: ProblemState): () => void {
  const register = state.stats.get(person.sub);
  if (register === undefined) throw new RangeError(`${person.name} has no statistics`);
  const before = register.latest;
  const plusOne = (name: string) => ({ [name]: Number(before[name] ?? 0) + 1 });
  const executed = state.executed.get(person.sub) ?? new Set<number>();
  state.executed.set(person.sub, executed);
  const isNew = !executed.has(problem.id);
  executed.add(problem.id);
  return register.write({
    ...before,
    ...plusOne("total_executions"),
    ...plusOne(row.failed_count === 0 ? "passed_executions" : "failed_executions"),
    ...plusOne(`platform#${problem.platform}`),
    ...plusOne(`language#${row.language}`),
    ...(isNew && plusOne("total_problems")),
  });
}

/** One of the writer's latest executions, which no other writer changes. */
export function ownExecution({ state, person, random }: Desk): ExecutionState | undefined {
  const own = state.executions.ids
    .slice(-LATE_EXECUTIONS)
    .map((id) => state.executions.latest(id))
    .filter((one) => one?.row.sub === person.sub);
  return own[Math.floor(random() * own.length)];
}

async function change(
  desk: Desk,
  before: ExecutionState,
  { what, is_code_public, hints }: { what: string; is_code_public?: boolean; hints?: Hint[] },
): Promise<Written> {
  const { id } = before.row;
  const now = hints ?? before.detail.hints;
  const next: ExecutionState = {
    row: {
      ...before.row,
      is_code_public: is_code_public ?? before.row.is_code_public,
      // Every change of an execution sets this flag anew.
      has_hints: now.length > 0,
    },
    detail: { ...before.detail, hints: now },
  };
  const acknowledge = writeExecution(desk.state, id, next);
  await send(desk, {
    method: "PATCH",
    path: `/api/history/${id}/`,
    as: desk.person,
    body: { is_code_public, hints },
    about: [`execution ${id}`, "the executions"],
    what: `${what} execution ${id}`,
  });
  acknowledge();
  return afterExecution(desk, id);
}

export async function flipVisibility(desk: Desk): Promise<Written | undefined> {
  const one = ownExecution(desk);
  if (!one) return undefined;
  const is_code_public = !one.row.is_code_public;
  return change(desk, one, { what: is_code_public ? "publishes" : "hides", is_code_public });
}

export async function writeHints(desk: Desk): Promise<Written | undefined> {
  const one = ownExecution(desk);
  if (!one) return undefined;
  const { text, random } = desk;
  const hints =
    random() < 0.2 ? [] : [text("hint"), { title: text("title"), content: text("content") }];
  return change(desk, one, { what: "writes hints for", hints });
}

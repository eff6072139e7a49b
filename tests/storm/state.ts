import type { History, HistoryDetailItem } from "@algoitny/core/history/history";
import type { Problem, ProblemBody } from "@algoitny/core/problem/problem";
import type { TestCaseView } from "@algoitny/core/test-case/test-case.answers";
import type { UserStatsItem } from "@algoitny/core/user/user";
import { createMoments, type Moments, Register, Tally } from "./register.ts";
import { Shelf } from "./shelf.ts";

/** A problem at one moment. */
export interface ProblemState {
  problem: Problem;
  /** Its platform and problem id in the item that they are looked up by: `codeforces/4A`. */
  key: string;
  body: ProblemBody | undefined;
  testCases: TestCaseView[];
}

/** An execution at one moment. */
export interface ExecutionState {
  row: History;
  detail: HistoryDetailItem;
}

/** A writer with a token. */
export interface Person {
  name: string;
  sub: string;
  email: string;
  token: string;
}

/** Model of the database in the storm: every value that it wrote, and the time of the write. */
export interface State {
  moments: Moments;
  problems: Shelf<ProblemState>;
  executions: Shelf<ExecutionState>;
  /** Statistics by subject. */
  stats: Map<string, Register<UserStatsItem>>;
  /** Problems that a subject has executed. */
  executed: Map<string, Set<number>>;
  /** Number of listed problems: of all platforms (""), and of each. */
  listed: Map<string, Tally>;
  /** Number of executions in the feeds: the public one (""), and each subject's private and public ones. */
  publicRows: Map<string, Tally>;
  privateRows: Map<string, Tally>;
  /** Texts, each used once, of items that are being created: their ids are not known yet. */
  arriving: Set<string>;
}

export function createState(people: readonly Person[]): State {
  const moments = createMoments();
  const tallies = (names: readonly string[]) =>
    new Map(names.map((name) => [name, new Tally(moments, 0)]));
  const subs = people.map(({ sub }) => sub);
  return {
    moments,
    problems: new Shelf(moments),
    executions: new Shelf(moments),
    stats: new Map(
      people.map(({ sub }) => [
        sub,
        new Register<UserStatsItem>(moments, {
          sub,
          total_executions: 0,
          passed_executions: 0,
          failed_executions: 0,
          total_problems: 0,
        }),
      ]),
    ),
    executed: new Map(),
    listed: new Map(),
    publicRows: tallies(["", ...subs]),
    privateRows: tallies(subs),
    arriving: new Set(),
  };
}

export const pathOf = ({
  platform,
  problem_id,
}: Pick<Problem, "platform" | "problem_id">): string => `${platform}/${problem_id}`;

/** Adds a problem that is already in the database. */
export function addKnown(state: State, problem: Problem, body: ProblemBody | undefined): void {
  state.problems.add(problem.id, { problem, key: pathOf(problem), body, testCases: [] });
  countProblem(state, undefined, problem)();
}

/** Writes a problem's next state; the returned function acknowledges it. */
export function writeProblem(state: State, id: number, next: ProblemState): () => void {
  const register = state.problems.get(id);
  if (register === undefined) throw new RangeError(`no write is known of problem ${id}`);
  const counted = countProblem(state, register.latest?.problem, next.problem);
  return both(register.write(next), counted);
}

/** Counts a problem that enters the lists, leaves them or changes its platform. */
export function countProblem(
  state: State,
  before: Problem | undefined,
  after: Pick<Problem, "platform" | "is_completed" | "is_deleted">,
): () => void {
  const was = before !== undefined && before.is_completed && !before.is_deleted;
  const is = after.is_completed && !after.is_deleted;
  if (was && is && before.platform === after.platform) return () => {};
  return all([
    tallyOf(state, "").change(Number(is) - Number(was)),
    ...(was ? [tallyOf(state, before.platform).change(-1)] : []),
    ...(is ? [tallyOf(state, after.platform).change(1)] : []),
  ]);
}

/** Writes an execution's next state; the returned function acknowledges it. */
export function writeExecution(state: State, id: number, next: ExecutionState): () => void {
  const register = state.executions.get(id);
  if (register === undefined) throw new RangeError(`no write is known of execution ${id}`);
  const counted = countExecution(state, register.latest?.row, next.row);
  return both(register.write(next), counted);
}

/** Counts an execution that is new, becomes public or becomes private. */
export function countExecution(
  { publicRows, privateRows }: State,
  before: Pick<History, "is_code_public"> | undefined,
  { sub, is_code_public: isPublic }: Pick<History, "sub" | "is_code_public">,
): () => void {
  const difference = (kind: boolean) =>
    Number(isPublic === kind) - Number(before?.is_code_public === kind);
  return all([
    ...["", sub].map((name) => publicRows.get(name)?.change(difference(true))),
    privateRows.get(sub)?.change(difference(false)),
  ]);
}

function both(one: () => void, other: () => void): () => void {
  return all([one, other]);
}

function all(acknowledgements: readonly ((() => void) | undefined)[]): () => void {
  return () => {
    for (const acknowledge of acknowledgements) acknowledge?.();
  };
}

function tallyOf({ listed, moments }: State, platform: string): Tally {
  const known = listed.get(platform) ?? new Tally(moments, 0);
  listed.set(platform, known);
  return known;
}

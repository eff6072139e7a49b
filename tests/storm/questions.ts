import { type Desk, pick } from "./desk.ts";
import {
  executionQuestions,
  feedQuestion,
  laterPageQuestion,
  statsQuestion,
} from "./execution-questions.ts";
import { listQuestions, problemQuestions } from "./problem-questions.ts";
import type { Question } from "./question.ts";

type Reading = Pick<Desk, "state" | "random" | "admin" | "others">;

/** Number of the most frequently written problems and executions, which readers request. */
const LATE = 40;

/** Share of all problems, instead of the latest, in reads of problems; then the shares of the other kinds in all reads. */
const [PROBLEM, EXECUTION, FEED, STATS] = [0.4, 0.15, 0.2, 0.05];

/**
 * A random public read. Lists are a fifth of the reads in a catalogue of up to `few` problems, less in a larger one.
 */
export function readerQuestion(desk: Reading, few: number): Question {
  const { state, random, admin, others } = desk;
  const { problems, executions } = state;
  const who = pick(desk, [undefined, ...others]);
  const of = <T>(items: readonly T[]): T => pick(desk, items);
  const draw = random();
  const lists = 0.2 * Math.min(1, few / problems.ids.length);
  const some = of(problems.ids.slice(-LATE));
  if (draw < lists) {
    const problem = problems.latest(some)?.problem;
    if (problem) return of(listQuestions(state, admin, problem));
  }
  if (draw < lists + EXECUTION && executions.ids.length > 0)
    return of(executionQuestions(state, of(executions.ids.slice(-LATE)), who));
  if (draw < lists + EXECUTION + FEED)
    return random() < 0.3
      ? laterPageQuestion(state, who)
      : feedQuestion(state, who, who !== undefined && random() < 0.3);
  if (draw < lists + EXECUTION + FEED + STATS) return statsQuestion(state, of(others));
  return of(
    problemQuestions(
      state,
      random() < PROBLEM ? of(problems.ids) : some,
      random() < 0.7 ? undefined : admin,
    ),
  );
}

/** Number of the latest executions that are checked at the end. */
const FINAL_EXECUTIONS = 50;

/** Every list, feed and statistics, every written problem, and the latest executions. */
export function finalQuestions({ state, admin, others }: Reading): Question[] {
  const { problems, executions } = state;
  const written = problems.ids.filter((id) => (problems.get(id)?.writes ?? 0) > 0);
  const viewers = [undefined, ...others];
  const platforms = [...state.listed.keys()].filter((name) => name !== "");
  const last = problems.ids.at(-1);
  const title = last === undefined ? "" : (problems.latest(last)?.problem.title ?? "");
  return [
    ...platforms.flatMap((platform) => listQuestions(state, admin, { platform, title })),
    ...viewers.flatMap((who) => [feedQuestion(state, who), laterPageQuestion(state, who)]),
    ...others.flatMap((who) => [feedQuestion(state, who, true), statsQuestion(state, who)]),
    ...written.flatMap((id) =>
      [undefined, admin].flatMap((who) => problemQuestions(state, id, who)),
    ),
    ...executions.ids
      .slice(-FINAL_EXECUTIONS)
      .flatMap((id) => viewers.flatMap((who) => executionQuestions(state, id, who))),
  ];
}

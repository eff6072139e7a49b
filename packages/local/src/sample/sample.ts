import { lastId } from "@algoitny/core/table/counter";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import { createTables, type Tables } from "@algoitny/core/tables";
import type { TestCaseView } from "@algoitny/core/test-case/test-case.answers";
import { subjectOf } from "../issuer/issuer.ts";
import { sampleExecutions, sampleHints, toHistoryInput } from "./executions.ts";
import { SAMPLE_USER } from "./sample-people.ts";
import { sampleProblems, type SampleProblem } from "./problems.ts";

const HOUR_MS = 3_600_000;

/** Age of the sample's first item, plus one step: within the week for which a user counts as active. */
const AGE_MS = 120 * HOUR_MS;

/** Time between one write and the next: the last of 48 is a day old. */
const STEP_MS = 2 * HOUR_MS;

const actor = (email: string) => ({
  sub: subjectOf(email),
  email,
  identifier: email,
  admin: false,
});
const users = [actor(SAMPLE_USER), actor("other@example.com")] as const;

const urlOf = ({ platform, problem_id }: SampleProblem): string => {
  if (platform === "baekjoon") return `https://www.acmicpc.net/problem/${problem_id}`;
  const [, contest, index] = /^(\d+)(.+)$/.exec(problem_id) ?? [];
  return `https://codeforces.com/problemset/problem/${contest}/${index}`;
};

async function addProblems({ problems, testCases }: Tables) {
  const added: Array<{ id: number; title: string; testCases: readonly TestCaseView[] }> = [];
  for (const { testCases: pairs, ...problem } of sampleProblems) {
    const input = {
      ...problem,
      problem_url: urlOf({ ...problem, testCases: pairs }),
      execution_count: 0,
    };
    const { id } = await problems.create(input);
    const inputs = pairs.map(([text, output]) => ({ input: text, output }));
    const written = inputs.length > 0 ? await testCases.add(id, inputs) : undefined;
    added.push({ id, title: problem.title, testCases: written?.testCases ?? [] });
  }
  return added;
}

async function addExecutions(
  { history }: Tables,
  problems: Awaited<ReturnType<typeof addProblems>>,
) {
  for (const execution of sampleExecutions) {
    const problem = problems[execution.problem];
    if (!problem) throw new RangeError(`the sample has no problem ${execution.problem}`);
    const { id, title, testCases } = problem;
    const who = users[execution.user];
    const recorded = await history.record(who, toHistoryInput(execution, id, title, testCases));
    if (execution.hinted) await history.change(recorded.id, who.sub, { hints: sampleHints });
  }
}

export interface TablePlace {
  endpoint: string;
  table: string;
}

/** True when no problem was ever added. */
export async function isEmpty({ endpoint, table }: TablePlace): Promise<boolean> {
  const client = createClient(endpoint);
  try {
    return (await lastId(createDatabase({ tableName: table, client }), "problem")) === 0;
  } finally {
    client.destroy();
  }
}

/**
 * Adds a dozen problems and some executions of two users to an empty table. They are the same each time except for their
 * dates, which are in the last five days.
 */
export async function addSample(
  { endpoint, table }: TablePlace,
  nowMs: number = Date.now(),
): Promise<void> {
  const client = createClient(endpoint);
  try {
    let timeMs = nowMs - AGE_MS;
    const now = () => (timeMs += STEP_MS);
    const tables = createTables(createDatabase({ tableName: table, client }), { now });
    await addExecutions(tables, await addProblems(tables));
  } finally {
    client.destroy();
  }
}

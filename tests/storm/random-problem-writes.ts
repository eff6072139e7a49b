import type { Problem } from "@algoitny/core/problem/problem";
import type { ProblemInput } from "@algoitny/core/problem/problem-input";
import { toDetail } from "@algoitny/core/problem/problem-view";
import { type Desk, pick, send, type Written } from "./desk.ts";
import { keyQuestion, listQuestions, problemQuestions } from "./problem-questions.ts";
import { countProblem, pathOf, type ProblemState, writeProblem } from "./state.ts";

const PLATFORMS = ["codeforces", "baekjoon", "atcoder"] as const;

/** Runs `work` on a problem that no other writer uses; undefined if none is free. */
export async function withProblem<Result>(
  desk: Desk,
  suits: (state: ProblemState) => boolean,
  work: (id: number, state: ProblemState) => Promise<Result>,
): Promise<Result | undefined> {
  const { taken, random, state, mix } = desk;
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const { ids } = state.problems;
    const id = pick(desk, random() < mix.busy.share ? ids.slice(-mix.busy.problems) : ids);
    const found = state.problems.latest(id);
    if (!found || taken.has(id) || !suits(found)) continue;
    taken.add(id);
    try {
      return await work(id, found);
    } finally {
      taken.delete(id);
    }
  }
  return undefined;
}

/** Reads that show a problem, also under its former platform and problem id. */
export function afterProblem(desk: Desk, id: number, before?: Problem): Written {
  const { state, admin } = desk;
  const now = state.problems.latest(id)?.problem;
  if (!now) return { near: [], far: [] };
  const moved =
    before && (before.platform !== now.platform || before.problem_id !== now.problem_id);
  return {
    near: [
      ...problemQuestions(state, id, undefined),
      ...problemQuestions(state, id, admin),
      ...(moved ? [keyQuestion(state, id, before, undefined)] : []),
    ],
    far: listQuestions(state, admin, now),
  };
}

/** Adds a problem by `create`, which returns its id. */
export async function addProblem(
  desk: Desk,
  create: (input: ProblemInput) => Promise<{ id: number; created_at: string }>,
): Promise<Written> {
  const { state, random, text } = desk;
  const title = text("created");
  const head = {
    platform: pick(desk, PLATFORMS),
    problem_id: text("S").toUpperCase(),
    title,
    problem_url: "",
    tags: ["storm"],
    language: "python",
    is_completed: random() < 0.8,
    execution_count: 0,
  };
  const texts = {
    constraints: random() < 0.5 ? title : "",
    solution_code: random() < 0.3 ? title : null,
  };
  const sent = state.moments.next();
  const counted = countProblem(state, undefined, { ...head, is_deleted: false });
  state.arriving.add(title);
  const { id, created_at } = await create({ ...head, ...texts });
  const counts = { test_case_count: 0, counted_runs: 0 };
  const problem: Problem = { ...head, ...counts, id, created_at, is_deleted: false };
  state.problems.add(
    id,
    { problem, key: pathOf(problem), body: { id, ...texts }, testCases: [] },
    sent,
  )();
  counted();
  state.arriving.delete(title);
  return afterProblem(desk, id);
}

export const createProblem = (desk: Desk): Promise<Written> =>
  addProblem(desk, async (body) => {
    const request = { method: "POST", path: "/api/problems/", as: desk.admin, body };
    const what = `creates ${body.title}`;
    const reply = await send(desk, { ...request, about: ["the catalogue"], what });
    return JSON.parse(reply.body) as { id: number; created_at: string };
  });

/** A PATCH of some fields. */
async function change(
  desk: Desk,
  id: number,
  before: ProblemState,
  {
    what,
    fields,
  }: {
    what: string;
    fields: Partial<Problem> & { constraints?: string; solution_code?: string | null };
  },
): Promise<Written> {
  const { constraints, solution_code, ...head } = fields;
  const body = { id, constraints: "", solution_code: null, ...before.body };
  const problem = { ...before.problem, ...head };
  const next: ProblemState = {
    ...before,
    problem,
    key: pathOf(problem),
    body: {
      ...body,
      ...(constraints !== undefined && { constraints }),
      ...(solution_code !== undefined && { solution_code }),
    },
  };
  const acknowledge = writeProblem(desk.state, id, next);
  const request = { method: "PATCH", path: `/api/problems/${id}/`, as: desk.admin, body: fields };
  const expected = JSON.stringify(toDetail({ ...next, body: next.body }, true));
  await send(
    desk,
    { ...request, about: [`problem ${id}`, "the catalogue"], what: `${what} problem ${id}` },
    expected,
  );
  acknowledge();
  return afterProblem(desk, id, before.problem);
}

export const renameProblem = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, isAlive, (id, before) =>
    change(desk, id, before, { what: "renames", fields: { title: desk.text("renamed") } }),
  );

export const moveProblem = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, isAlive, (id, before) => {
    const platform = pick(desk, PLATFORMS);
    const fields =
      desk.random() < 0.5 ? { platform } : { platform, problem_id: desk.text("M").toUpperCase() };
    return change(desk, id, before, { what: `moves to ${platform}`, fields });
  });

export const flipProblem = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, isAlive, (id, before) => {
    const is_completed = !before.problem.is_completed;
    const what = is_completed ? "completes" : "takes back";
    return change(desk, id, before, { what, fields: { is_completed } });
  });

export const rewriteProblem = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, isAlive, (id, before) => {
    const { text, random } = desk;
    const kinds = [
      { constraints: text("limits") },
      { solution_code: text("solution") },
      { tags: [text("tag")] },
    ];
    return change(desk, id, before, {
      what: "rewrites",
      fields: kinds[Math.floor(random() * 3)] ?? {},
    });
  });

/** Deletes by id or by platform and problem id; deleted problems are restored. */
export const deleteOrRestoreProblem = (desk: Desk): Promise<Written | undefined> =>
  withProblem(
    desk,
    () => true,
    async (id, before) => {
      const { problem } = before;
      if (problem.is_deleted)
        return change(desk, id, before, { what: "restores", fields: { is_deleted: false } });
      const next = { ...before, problem: { ...problem, is_deleted: true } };
      const acknowledge = writeProblem(desk.state, id, next);
      const name = desk.random() < 0.5 ? String(id) : `${problem.platform}/${problem.problem_id}`;
      const request = { method: "DELETE", path: `/api/problems/${name}/`, as: desk.admin };
      await send(desk, {
        ...request,
        about: [`problem ${id}`, "the catalogue"],
        what: `deletes problem ${id}`,
      });
      acknowledge();
      return afterProblem(desk, id);
    },
  );

export const isAlive = ({ problem }: ProblemState): boolean => !problem.is_deleted;

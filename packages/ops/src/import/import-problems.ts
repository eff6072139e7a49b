import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type ApiClient, ApiError } from "../api-client.ts";
import type { ImportedProblem } from "./codeforces.ts";

type Caller = Pick<ApiClient, "call">;

export interface ImportResult {
  created: number;
  updated: number;
  unchanged: number;
}

/** Concurrent requests. */
const CONCURRENCY = 8;

const PAGE_SIZE = 200;

const Listed = z.array(z.object({ problem_id: z.string() }));
const Stored = z.object({
  id: z.int(),
  title: z.string(),
  problem_url: z.string(),
  tags: z.array(z.string()),
  execution_count: z.int(),
});

/**
 * Updates the API's problems from a file: creates missing ones and changes different ones. An execution count
 * that is higher than the one in the file is kept. Safe to repeat, even after an interruption.
 */
export async function importProblems(
  api: Caller,
  problems: readonly ImportedProblem[],
  onProgress: (done: number) => void = () => undefined,
): Promise<ImportResult> {
  const known = await listKnown(api, "codeforces");
  const result: ImportResult = { created: 0, updated: 0, unchanged: 0 };
  const waiting = problems.values();
  let done = 0;
  const failures: unknown[] = [];
  // All workers take from one iterator, so the problems keep their order up to a few places.
  const work = async () => {
    for (const problem of waiting) {
      if (failures.length > 0) return;
      result[await importOne(api, problem, known.has(problem.problem_id))] += 1;
      done += 1;
      onProgress(done);
    }
  };
  // Throws only after all workers have ended: nothing is written after the error.
  const fail = (error: unknown) => failures.push(error);
  await Promise.all(Array.from({ length: CONCURRENCY }, () => work().catch(fail)));
  if (failures.length > 0) throw failures[0];
  return result;
}

async function importOne(
  api: Caller,
  problem: ImportedProblem,
  known: boolean,
): Promise<keyof ImportResult> {
  if (known) return update(api, problem);
  try {
    await api.call("POST", "/api/problems/", { ...problem, is_completed: true });
    return "created";
  } catch (error) {
    // It exists, but not among the completed ones: a draft, or deleted.
    if (error instanceof ApiError && error.status === 409) return update(api, problem);
    throw error;
  }
}

async function update(api: Caller, problem: ImportedProblem): Promise<keyof ImportResult> {
  const { title, problem_url, tags, execution_count, platform, problem_id } = problem;
  const path = `/api/problems/${platform}/${encodeURIComponent(problem_id)}/`;
  const { id, ...stored } = Stored.parse(await api.call("GET", path));
  const wanted = {
    title,
    problem_url,
    tags,
    execution_count: Math.max(execution_count, stored.execution_count),
  };
  if (isDeepStrictEqual(wanted, stored)) return "unchanged";
  await api.call("PATCH", `/api/problems/${id}/`, wanted);
  return "updated";
}

async function listKnown(api: Caller, platform: string): Promise<Set<string>> {
  const known = new Set<string>();
  for (let page = 1; ; page += 1) {
    const path = `/api/problems/?platform=${platform}&page=${page}&page_size=${PAGE_SIZE}`;
    const items = Listed.parse(await api.call("GET", path));
    for (const { problem_id } of items) known.add(problem_id);
    if (items.length < PAGE_SIZE) return known;
  }
}

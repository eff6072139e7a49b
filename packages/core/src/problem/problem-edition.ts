import type { Changes } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { listTestCases } from "../test-case/test-case-reads.ts";
import { modifiedAt, modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import type { Problem, ProblemBody } from "./problem.ts";
import { tagOfDetail, toDetail } from "./problem-view.ts";

/** What every editor's change does to the head: the next edition, changed now. */
export function nextEdition(nowMs: number): Required<Pick<Changes, "set" | "add">> {
  return { set: { modified_at: modifiedAt(nowMs) }, add: { edition: 1 } };
}

/** What a transaction asks of the head, so that a precondition that held when it was read still does. */
export const sameEdition = ({ edition }: Problem) => ({ edition });

/**
 * Checks a write's precondition against the problem's detail as admins see it, and returns what the transaction must
 * ask of the head. The head was read first: a change of anything that is read after it raises the edition.
 */
export async function requireDetail(
  db: Database,
  { problem, body }: { problem: Problem; body: ProblemBody | undefined },
  precondition: Precondition | undefined,
): Promise<{ edition?: number | undefined }> {
  if (precondition === undefined) return {};
  const testCases = await listTestCases(db, problem.id);
  const tag = tagOfDetail(toDetail({ problem, body, testCases }, true));
  requireHolds(precondition, { tag, modifiedMs: modifiedMsOf(problem) });
  return sameEdition(problem);
}

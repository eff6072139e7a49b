import type { Changes, Condition } from "../table/action.ts";
import type { ItemReading } from "../table/attributes.ts";
import { countBy } from "../table/count.ts";
import type { Database } from "../table/database.ts";
import { listTestCases } from "../test-case/test-case-reads.ts";
import { modifiedAt, modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import type { Problem } from "./problem.ts";
import type { StoredProblem } from "./problem-reads.ts";
import { tagOfDetail, toDetail } from "./problem-view.ts";

/** Changes and condition that every edit adds to its write: the next edition of the item, modified now. */
export function nextEdition(
  { row, stored }: ItemReading<{ edition?: number | undefined }>,
  nowMs: number,
): Required<Pick<Changes, "set" | "add"> & Pick<Condition, "equals">> {
  const counted = countBy(stored, "edition", { shown: row.edition ?? 0, by: 1 });
  return {
    set: { modified_at: modifiedAt(nowMs), ...counted.set },
    add: counted.add ?? {},
    equals: counted.equals ?? {},
  };
}

/** Condition of a transaction on the head: it is still in the state in which a precondition held. */
export const sameEdition = ({ stored }: ItemReading<Problem>) => ({ edition: stored["edition"] });

/**
 * Checks a write's precondition against the admins' detail of the problem, and returns the condition on the head for the
 * transaction. The head was read first: a change of anything read later raises the edition.
 */
export async function requireDetail(
  db: Database,
  { head, body }: StoredProblem,
  precondition: Precondition | undefined,
): Promise<{ edition?: unknown }> {
  if (precondition === undefined) return {};
  const testCases = await listTestCases(db, head.row.id);
  const tag = tagOfDetail(toDetail({ problem: head.row, body: body?.row, testCases }, true));
  requireHolds(precondition, { tag, modifiedMs: modifiedMsOf(head.row) });
  return sameEdition(head);
}

import { isDeepStrictEqual } from "node:util";
import { CoreError } from "../core-error.ts";
import { isVisible, Problem } from "../problem/problem.ts";
import { noProblem } from "../problem/problem-reads.ts";
import { put, update } from "../table/action.ts";
import { takeIds } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import type { Change, Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { getItem, getItems } from "../table/read-items.ts";
import { untilUndisturbed } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { type Actor, UserStatsItem } from "../user/user.ts";
import { ensureUser, executionActions } from "../user/user.table.ts";
import { modifiedAt, modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import { feedsOf, joinFeed, leaveFeed } from "./feed.ts";
import { tagOfHistory, toHistoryDetail } from "./history-view.ts";
import {
  History,
  HistoryDetailItem,
  type HistoryInput,
  type HistoryPatch,
  maySee,
} from "./history.ts";

export interface HistoryWithDetail {
  row: History;
  detail: HistoryDetailItem | undefined;
}

export async function getHistory(db: Database, id: number): Promise<HistoryWithDetail | undefined> {
  const [row, detail] = await getItems(db, [keys.history(id), keys.historyDetail(id)]);
  return row && { row: History.parse(row), detail: detail && HistoryDetailItem.parse(detail) };
}

/** Records an execution: the row, its feeds, its user's totals and the problem's count, all or nothing. */
export async function recordHistory(
  db: Database,
  {
    actor,
    input,
    nowMs,
    bucketSize,
  }: { actor: Actor; input: HistoryInput; nowMs: number; bucketSize: number },
): Promise<Written> {
  const { problem_id, result_summary, test_results, ...counted } = input;
  return untilUndisturbed(async () => {
    const { problem, isNew } = await requireExecutable(db, actor, problem_id);
    const user = await ensureUser(db, actor);
    const id = await takeIds(db, "history");
    const { platform, problem_id: problem_number, title: problem_title } = problem;
    const row: History = {
      ...counted,
      id,
      sub: actor.sub,
      user: user.id,
      user_email: actor.email,
      user_identifier: actor.identifier,
      problem: problem.id,
      platform,
      problem_number,
      problem_title,
      created_at: new Date(nowMs).toISOString(),
      has_hints: false,
    };
    const detail = { id, result_summary: JSON.stringify(result_summary), test_results, hints: [] };
    const execution = {
      user,
      email: actor.email,
      platform,
      language: row.language,
      passed: row.failed_count === 0,
      newProblem: isNew ? problem.id : undefined,
      nowMs,
    };
    const refused = await transact(db, [
      put(db, keys.history(id), "history", row, { exists: false }),
      put(db, keys.historyDetail(id), "history_detail", detail),
      ...feedsOf(row).flatMap((feed) => joinFeed(db, feed, id, bucketSize)),
      update(
        db,
        keys.problem(problem.id),
        "problem",
        { add: { execution_count: 1 } },
        { exists: true, equals: { version: problem.version } },
      ),
      ...executionActions(db, execution),
    ]);
    if (refused.length > 0) return undefined;
    const executed = { ...problem, execution_count: problem.execution_count + 1 };
    return {
      id,
      changes: [
        { entity: "history", before: null, after: row },
        { entity: "problem", before: problem, after: executed },
        // The totals are not read back: that there are new ones is all that matters to those who show them.
        { entity: "user_stats", before: null, after: UserStatsItem.parse({ sub: actor.sub }) },
      ],
    };
  });
}

interface HistoryChange {
  id: number;
  sub: string;
  patch: HistoryPatch;
  nowMs: number;
  bucketSize: number;
  precondition: Precondition | undefined;
}

/** Changes an execution of its owner's; a change of visibility moves it between feeds. */
export async function changeHistory(
  db: Database,
  { id, sub, patch, nowMs, bucketSize, precondition }: HistoryChange,
): Promise<Written> {
  return untilUndisturbed(async () => {
    const { row, detail } = await requireOwn(db, id, sub);
    if (precondition) {
      const tag = tagOfHistory(toHistoryDetail({ row, detail }, []));
      requireHolds(precondition, { tag, modifiedMs: modifiedMsOf(row) });
    }
    const hints = patch.hints ?? detail?.hints ?? [];
    const after = {
      ...row,
      is_code_public: patch.is_code_public ?? row.is_code_public,
      has_hints: hints.length > 0,
    };
    const moved = after.is_code_public !== row.is_code_public;
    const hinted = !isDeepStrictEqual(hints, detail?.hints ?? []);
    // What is as asked already may be the work of a first try, whose invalidation is not done: from whatever it was, by
    // a change of visibility it touches every view that shows the execution.
    const asAsked =
      (patch.is_code_public !== undefined && !moved) || (patch.hints !== undefined && !hinted);
    const before = asAsked ? { ...after, is_code_public: !after.is_code_public } : row;
    const changed: Change = { entity: "history", before, after };
    if (!moved && !hinted) return { id, changes: [changed] };

    const { is_code_public, has_hints, edition } = row;
    const modified_at = modifiedAt(nowMs);
    const refused = await transact(db, [
      update(
        db,
        keys.history(id),
        "history",
        {
          set: { is_code_public: after.is_code_public, has_hints: after.has_hints, modified_at },
          add: { edition: 1 },
        },
        { exists: true, equals: { is_code_public, has_hints, edition } },
      ),
      ...(hinted
        ? [update(db, keys.historyDetail(id), "history_detail", { set: { id, hints } })]
        : []),
      ...(moved ? feedsOf(row).flatMap((feed) => leaveFeed(db, feed, id, bucketSize)) : []),
      ...(moved ? feedsOf(after).flatMap((feed) => joinFeed(db, feed, id, bucketSize)) : []),
    ]);
    if (refused.length > 0) return undefined;
    return {
      id,
      changes: [
        changed,
        {
          entity: "history_detail",
          before: detail ?? null,
          after: { result_summary: null, test_results: [], ...detail, id, hints },
        },
      ],
    };
  });
}

/** The row before its detail: read in one request, older hints could come with a newer row, and be taken for current. */
async function requireOwn(db: Database, id: number, sub: string): Promise<HistoryWithDetail> {
  const row = await getItem(db, keys.history(id), History);
  if (!row || !maySee(row, sub)) throw new CoreError("not_found", `execution ${id} not found`);
  if (row.sub !== sub)
    throw new CoreError(
      "forbidden",
      `execution ${id} is another user's: only its owner may change it`,
    );
  return { row, detail: await getItem(db, keys.historyDetail(id), HistoryDetailItem) };
}

/** The problem, if the actor may execute it, and whether that is the first time. */
async function requireExecutable(db: Database, actor: Actor, problemId: number) {
  const [head, marker] = await getItems(db, [
    keys.problem(problemId),
    keys.userProblem(actor.sub, problemId),
  ]);
  const problem = head && Problem.parse(head);
  if (!problem || problem.is_deleted || !isVisible(problem, actor.admin))
    throw noProblem(problemId);
  return { problem, isNew: marker === undefined };
}

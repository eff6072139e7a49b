import { isDeepStrictEqual } from "node:util";
import { CoreError } from "../core-error.ts";
import { isVisible } from "../problem/problem.ts";
import { nextEdition } from "../problem/problem-edition.ts";
import { noProblem, readHead } from "../problem/problem-reads.ts";
import { countRun } from "../problem/problem-runs.ts";
import { put, update } from "../table/action.ts";
import { UnreadableItemError } from "../table/attributes.ts";
import type { IdBlocks } from "../table/id-blocks.ts";
import { type Database, hiding } from "../table/database.ts";
import type { Change, Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { getItems } from "../table/read-items.ts";
import { retryOnConflict } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { type Actor, UserStatsItem } from "../user/user.ts";
import { ensureUser, executionActions } from "../user/user.table.ts";
import { modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import { feedsOf, joinFeed, moveFeeds } from "./feed.ts";
import { placesOf } from "./feed-counters.ts";
import type { FeedShape } from "./feed-shape.ts";
import { tagOfHistory, toHistoryDetail } from "./history-view.ts";
import { type History, maySee } from "./history.ts";
import type { HistoryInput, HistoryPatch } from "./history-input.ts";
import { getStoredHistory, noExecution, type StoredHistory } from "./history-reads.ts";
import { repairRefused } from "./repair-counts.ts";

/**
 * Records an execution: the row, its feeds, its user's totals and the problem's count, all or nothing. The problem's head is
 * not written, so that executions do not conflict on it, neither with each other nor with an edit. An execution may be recorded
 * for a problem that is being hidden at that moment.
 */
export async function recordHistory(
  db: Database,
  {
    actor,
    input,
    blocks,
    nowMs,
    shape,
  }: {
    actor: Actor;
    input: HistoryInput;
    blocks: IdBlocks;
    nowMs: number;
    shape: FeedShape;
  },
): Promise<Written> {
  const { problem_id, result_summary, test_results, ...counted } = input;
  let attempts = 0;
  let taken: number | undefined;
  return retryOnConflict(async () => {
    const { head, isNew, known } = await requireExecutable(db, actor, problem_id);
    const { row: problem } = head;
    const user = await ensureUser(db, actor, known);
    const id = (taken ??= await blocks.take(db));
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
    const feeds = feedsOf(row);
    // The group of a new id usually has its counters; if it does not, the first attempt is refused.
    const places = attempts++ === 0 ? [] : await placesOf(db, feeds, id, shape);
    const refused = await transact(db, [
      put(db, keys.history(id), "history", row, { exists: false }),
      put(db, keys.historyDetail(id), "history_detail", detail),
      ...feeds.flatMap((feed, index) =>
        joinFeed(db, feed, id, { shape, place: places[index] ?? "counters" }),
      ),
      countRun(db, problem, id),
      ...executionActions(db, execution),
    ]);
    if (refused.length > 0) {
      await repairRefused(db, refused, { id, sub: actor.sub, shape, problem: problem.id });
      // An item with this id exists already, because the counter of ids went back; or two requests recorded the
      // user's first execution of the problem at once, and then a new id does no harm.
      if (refused.some(({ Put }) => Put !== undefined)) {
        taken = undefined;
        blocks.drop();
      }
      return undefined;
    }
    return {
      id,
      changes: [
        { entity: "history", before: null, after: row },
        {
          entity: "problem_runs",
          before: null,
          after: { problem: problem.id, platform, problem_id: problem_number, runs: 1 },
        },
        // The new totals are not read back: views only need to know that they have changed.
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
  shape: FeedShape;
  precondition: Precondition | undefined;
}

/** Attributes that every change by the owner writes, so that they are readable afterwards. */
const SET_BY_OWNER = ["id", "is_code_public", "has_hints"];

/** Changes an execution for its owner; a change of visibility moves it between feeds. */
export async function changeHistory(
  db: Database,
  { id, sub, patch, nowMs, shape, precondition }: HistoryChange,
): Promise<Written> {
  return retryOnConflict(async () => {
    const found = await requireOwn(db, id, sub);
    const { row, stored, unreadable } = found.row;
    const detail = found.detail?.row;
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
    const isBroken = SET_BY_OWNER.some((name) => unreadable.has(name));
    const moved = after.is_code_public !== row.is_code_public;
    const hinted =
      !isDeepStrictEqual(hints, detail?.hints ?? []) ||
      found.detail?.unreadable.has("id") === true ||
      (patch.hints !== undefined && found.detail?.unreadable.has("hints") === true);
    // A value that is already as requested may come from a first attempt whose invalidation is still missing. Reported as a
    // change of visibility from the opposite value, it invalidates every view that shows the execution. So does the repair of
    // an execution that lists have omitted because it was unreadable.
    const asAsked =
      (patch.is_code_public !== undefined && !moved) || (patch.hints !== undefined && !hinted);
    const before = asAsked || isBroken ? { ...after, is_code_public: !after.is_code_public } : row;
    const changed: Change = { entity: "history", before, after };
    if (!moved && !hinted && !isBroken) return { id, changes: [changed] };

    const { is_code_public, has_hints, edition } = stored;
    const next = nextEdition(found.row, nowMs);
    const actions = [
      update(
        db,
        keys.history(id),
        "history",
        {
          set: {
            id,
            is_code_public: after.is_code_public,
            has_hints: after.has_hints,
            ...next.set,
          },
          add: next.add,
        },
        { exists: true, equals: { is_code_public, has_hints, edition } },
      ),
      ...(hinted
        ? [update(db, keys.historyDetail(id), "history_detail", { set: { id, hints } })]
        : []),
      ...(moved || isBroken ? await moveFeeds(db, after, shape) : []),
    ];
    const changes: Change[] = [
      changed,
      {
        entity: "history_detail",
        before: detail ?? null,
        after: { result_summary: null, test_results: [], ...detail, id, hints },
      },
    ];
    const write = (by: Database) => transact(by, actions);
    const hides = row.is_code_public && !after.is_code_public;
    const refused = hides ? await hiding(db, changes, write) : await write(db);
    if (refused.length > 0) {
      await repairRefused(db, refused, { id, sub, shape });
      return undefined;
    }
    return { id, changes };
  });
}

async function requireOwn(db: Database, id: number, sub: string): Promise<StoredHistory> {
  const found = await getStoredHistory(db, id);
  if (!found || !maySee(found.row.row, sub)) throw noExecution(id);
  if (found.row.row.sub !== sub)
    throw new CoreError(
      "forbidden",
      `execution ${id} belongs to another user: only its owner may change it`,
    );
  return found;
}

/**
 * Reads the problem, whether this is the actor's first execution of it, and the actor's item. Throws if the actor may not see
 * the problem.
 */
async function requireExecutable(db: Database, actor: Actor, problemId: number) {
  const [item, marker, known] = await getItems(db, [
    keys.problem(problemId),
    keys.userProblem(actor.sub, problemId),
    keys.user(actor.sub),
  ]);
  const head = item && readHead(db, problemId, item);
  if (!head || head.row.is_deleted || !isVisible(head.row, actor.admin)) throw noProblem(problemId);
  // An invalid `execution_count` does not matter here; other attributes do: platform and title would be copied into
  // the execution.
  const damaged = [...head.unreadable].filter((name) => name !== "execution_count");
  if (damaged.length > 0) throw new UnreadableItemError(head.stored, damaged);
  return { head, isNew: marker === undefined, known };
}

import type { Database } from "../table/database.ts";
import type { Written } from "../table/entities.ts";
import type { IdBlocks } from "../table/id-blocks.ts";
import { keys } from "../table/keys.ts";
import { getItems, parseEach } from "../table/read-items.ts";
import type { Actor } from "../user/user.ts";
import type { Precondition } from "../validators.ts";
import { feedsFor, sliceFeeds } from "./feed.ts";
import type { FeedShape } from "./feed-shape.ts";
import { History, maySee } from "./history.ts";
import type { HistoryInput, HistoryPatch, HistoryRepair } from "./history-input.ts";
import type { HistoryQuery } from "./history-query.ts";
import type { FeedPage } from "./history-view.ts";
import { getHistory, hasOwnId, type HistoryWithDetail } from "./history-reads.ts";
import { type Repaired, repairHistory } from "./history-repair.ts";
import { changeHistory, recordHistory } from "./history-writes.ts";

/**
 * Executions and the feeds that list them. Every write also throws a CoreError (`conflict`) if concurrent writes come first
 * in all of its attempts.
 */
export interface HistoryTable {
  /** Executions that the viewer (a verified subject, or none) may see, newest first; with `my_only` only the viewer's own. */
  page(query: HistoryQuery & { viewer: string | undefined }): Promise<FeedPage>;
  get(id: number): Promise<HistoryWithDetail | undefined>;
  /** Throws a CoreError: `not_found` when the actor may not see the problem, `too_large`. */
  record(actor: Actor, input: HistoryInput): Promise<Written>;
  /** Throws a CoreError: `not_found`, `forbidden` for another user's execution, `too_large`, `precondition_failed`. */
  change(
    id: number,
    sub: string,
    patch: HistoryPatch,
    precondition?: Precondition,
  ): Promise<Written>;
  /**
   * Throws a CoreError: `not_found`, `too_large`, `precondition_failed`; `conflict` for another value of a readable attribute,
   * any value of a missing one, or a `sub` whose feeds do not list the execution.
   */
  repair(id: number, repair: HistoryRepair, precondition?: Precondition): Promise<Repaired>;
}

/** Limit for the code in one page: a Lambda function's answer may have 6 MB. The next page has the rest. */
const PAGE_LIMIT_BYTES = 4_000_000;

export function createHistoryTable(
  db: Database,
  {
    ids: blocks,
    now,
    feedShape: shape,
  }: { ids: IdBlocks; now: () => number; feedShape: FeedShape },
): HistoryTable {
  return {
    page: async ({ viewer, offset, limit, my_only }) => {
      const { ids, count } = await sliceFeeds(db, feedsFor(viewer, my_only), {
        offset,
        limit,
        shape,
      });
      const items = await getItems(db, ids.map(keys.history));
      const read = withinLimit(parseEach(db, items, History, hasOwnId));
      // An execution's row decides who may see it, even if a manual edit has changed the row without the feeds.
      const rows = read.filter((row) => row !== undefined).filter((row) => maySee(row, viewer));
      return { rows, next: offset + read.length, count };
    },
    get: (id) => getHistory(db, id),
    record: (actor, input) => recordHistory(db, { actor, input, blocks, nowMs: now(), shape }),
    change: (id, sub, patch, precondition) =>
      changeHistory(db, { id, sub, patch, nowMs: now(), shape, precondition }),
    repair: (id, repair, precondition) =>
      repairHistory(db, id, repair, { nowMs: now(), precondition }),
  };
}

function withinLimit(rows: readonly (History | undefined)[]): readonly (History | undefined)[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += row ? Buffer.byteLength(row.code) : 0;
    return bytes > PAGE_LIMIT_BYTES && index > 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

import { isDeepStrictEqual } from "node:util";
import { CoreError } from "../core-error.ts";
import { nextEdition } from "../problem/problem-edition.ts";
import { check, update } from "../table/action.ts";
import type { ItemReading } from "../table/attributes.ts";
import type { Database } from "../table/database.ts";
import type { Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { getItems } from "../table/read-items.ts";
import { retryOnConflict } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import type { HistoryRepair } from "./history-input.ts";
import { getStoredHistory, noExecution } from "./history-reads.ts";
import { tagOfHistory, toHistoryDetail } from "./history-view.ts";

/** A repair, and the attributes that are unreadable after it. */
export interface Repaired extends Written {
  unreadable: string[];
}

interface RepairOptions {
  nowMs: number;
  precondition: Precondition | undefined;
}

/**
 * Writes unreadable attributes of an execution, and its id, which its keys contain. Another value for a readable attribute is
 * refused (`conflict`): an admin repairs executions and does not change them.
 */
export async function repairHistory(
  db: Database,
  id: number,
  { result_summary, test_results, ...ofRow }: HistoryRepair,
  { nowMs, precondition }: RepairOptions,
): Promise<Repaired> {
  return retryOnConflict(async () => {
    const found = await getStoredHistory(db, id);
    if (!found) throw noExecution(id);
    const { row, detail } = found;
    const setRow = whatIsBroken(row, ofRow);
    const setDetail = whatIsBroken(detail, { result_summary, test_results });
    const left = unreadableAfter(row, setRow).concat(unreadableAfter(detail, setDetail));
    if (precondition) {
      const shown = toHistoryDetail({ row: row.row, detail: detail?.row }, []);
      const isShown = row.unreadable.size + (detail?.unreadable.size ?? 0) === 0;
      const tag = isShown ? tagOfHistory(shown) : undefined;
      requireHolds(precondition, { tag, modifiedMs: modifiedMsOf(row.row) });
    }
    if (setRow.sub !== undefined) await requireListed(db, id, setRow.sub);

    // A repair that finds nothing to do may repeat one whose invalidation failed, so every repair invalidates all views of
    // the execution.
    const after = { ...row.row, ...setRow };
    const before = { ...after, is_code_public: !after.is_code_public };
    const repaired: Repaired = {
      id,
      unreadable: left,
      changes: [{ entity: "history", before, after }],
    };
    const edition = nextEdition(row, nowMs);
    const same = precondition ? { edition: row.stored["edition"] } : {};
    const setsRow = Object.keys(setRow).length > 0 || row.unreadable.has("id");
    const actions = [
      ...(setsRow
        ? [
            update(
              db,
              keys.history(id),
              "history",
              { set: { id, ...setRow, ...edition.set }, add: edition.add },
              { exists: true, equals: { ...storedOf(row, setRow), ...edition.equals, ...same } },
            ),
          ]
        : precondition
          ? [check(db, keys.history(id), { exists: true, equals: same })]
          : []),
      ...(detail && (Object.keys(setDetail).length > 0 || detail.unreadable.has("id"))
        ? [
            update(
              db,
              keys.historyDetail(id),
              "history_detail",
              { set: { id, ...setDetail, ...asText(setDetail) } },
              { exists: true, equals: storedOf(detail, setDetail) },
            ),
          ]
        : []),
    ];
    const isWritten = actions.some(({ Update }) => Update !== undefined);
    const refused = isWritten ? await transact(db, actions) : [];
    return refused.length > 0 ? undefined : repaired;
  });
}

/** The part of a repair that is written: attributes that are given and unreadable. */
function whatIsBroken<Row extends object, Given extends object>(
  item: ItemReading<Row> | undefined,
  given: Given & { [F in keyof Given]: F extends keyof Row ? Row[F] | undefined : never },
): { [F in keyof Given]?: Exclude<Given[F], undefined> } {
  const fields = Object.entries(given).filter(([name, value]) => {
    if (value === undefined) return false;
    if (item?.unreadable.has(name)) return true;
    if (isDeepStrictEqual(value, item?.row[name as keyof Row])) return false;
    throw new CoreError("conflict", `${name} is readable or missing: there is nothing to repair`);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- some of the fields that were given
  return Object.fromEntries(fields) as { [F in keyof Given]?: Exclude<Given[F], undefined> };
}

function unreadableAfter(item: ItemReading<unknown> | undefined, set: object): string[] {
  return [...(item?.unreadable ?? [])].filter((name) => name !== "id" && !(name in set));
}

const storedOf = ({ stored }: ItemReading<unknown>, set: object) =>
  Object.fromEntries(Object.keys(set).map((name) => [name, stored[name]]));

/** A summary is stored as text. */
const asText = ({ result_summary }: { result_summary?: unknown }) =>
  result_summary === undefined ? {} : { result_summary: JSON.stringify(result_summary) };

/**
 * Requires that the owner's feeds contain the execution: otherwise a typing error in `sub` would show private code to another
 * user.
 */
async function requireListed(db: Database, id: number, sub: string): Promise<void> {
  const entries = await getItems(db, [
    keys.feedEntry({ kind: "own_public", sub }, id),
    keys.feedEntry({ kind: "own_private", sub }, id),
  ]);
  if (entries.some((entry) => entry !== undefined)) return;
  throw new CoreError(
    "conflict",
    `execution ${id} is in no feed of this subject: it belongs to another user`,
  );
}

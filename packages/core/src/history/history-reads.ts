import { CoreError } from "../core-error.ts";
import {
  damageOf,
  type ItemReading,
  readAttributes,
  type UnreadableItemError,
} from "../table/attributes.ts";
import type { Database, Item } from "../table/database.ts";
import { type Key, keys } from "../table/keys.ts";
import { getItems, getStored } from "../table/read-items.ts";
import { History, HistoryDetailItem } from "./history.ts";

/** The readable part of an execution, and its stored form. */
export interface StoredHistory {
  row: ItemReading<History>;
  detail: ItemReading<HistoryDetailItem> | undefined;
}

/** An execution; if one of its attributes is unreadable, `damage` has the reason why it cannot be shown. */
export interface HistoryWithDetail {
  row: History;
  detail: HistoryDetailItem | undefined;
  damage: UnreadableItemError | undefined;
}

export async function getHistory(db: Database, id: number): Promise<HistoryWithDetail | undefined> {
  const [row, detail] = await getItems(db, [keys.history(id), keys.historyDetail(id)]);
  if (row === undefined) return undefined;
  const [read, more] = [readRow(db, id, row), detail && readDetail(db, id, detail)];
  return { row: read.row, detail: more?.row, damage: damageOf(read, more) };
}

/** An execution to be changed. Its row is read first: in one request, older hints could be returned with a newer row. */
export async function getStoredHistory(
  db: Database,
  id: number,
): Promise<StoredHistory | undefined> {
  const row = await getStored(db, keys.history(id));
  if (row === undefined) return undefined;
  const detail = await getStored(db, keys.historyDetail(id));
  return { row: readRow(db, id, row), detail: detail && readDetail(db, id, detail) };
}

export const noExecution = (id: number): CoreError =>
  new CoreError("not_found", `execution ${id} not found`);

/** True if a row contains the id of its key: a row with another id would be shown as that execution. */
export const hasOwnId = ({ id }: { id: number }, { pk }: Key): boolean =>
  pk === keys.history(id).pk;

/**
 * Values instead of unreadable ones: an execution with an unreadable owner has none, one with an unreadable visibility is
 * private.
 */
const BLANK = { sub: "", user: 0, problem: 0, platform: "", problem_number: "" };

const readRow = (db: Database, id: number, stored: Item) =>
  readAttributes(db, stored, History, { own: { id }, blank: BLANK });

const readDetail = (db: Database, id: number, stored: Item) =>
  readAttributes(db, stored, HistoryDetailItem, { own: { id }, blank: {} });

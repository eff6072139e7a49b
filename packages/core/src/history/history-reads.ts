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

/** An execution as far as it can be read, and as it is stored. */
export interface StoredHistory {
  row: ItemReading<History>;
  detail: ItemReading<HistoryDetailItem> | undefined;
}

/** An execution; `damage` says why it cannot be shown, where an attribute of it cannot be read. */
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

/** An execution to be changed: its row is read first, as in one request older hints could come with a newer row. */
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

/** A row that says another id would be shown as that execution. */
export const hasOwnId = ({ id }: { id: number }, { pk }: Key): boolean =>
  pk === keys.history(id).pk;

/** Values in place of unreadable ones: an unreadable owner is not a user, an unreadable visibility is private. */
const BLANK = { sub: "", user: 0, problem: 0, platform: "", problem_number: "" };

const readRow = (db: Database, id: number, stored: Item) =>
  readAttributes(db, stored, History, { own: { id }, blank: BLANK });

const readDetail = (db: Database, id: number, stored: Item) =>
  readAttributes(db, stored, HistoryDetailItem, { own: { id }, blank: {} });

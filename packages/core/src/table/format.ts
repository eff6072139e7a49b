import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "./action.ts";
import type { Database } from "./database.ts";
import { keys } from "./keys.ts";
import { getStored } from "./read-items.ts";

/**
 * The format that this version reads and writes. 4: entries of the public feed are in 8 partitions; 3: executions of a problem are counted beside its head; 2: in the head, and feeds in
 * counters and a tree; 1: feeds in one item each.
 */
export const TABLE_FORMAT = 4;

/**
 * The format of the table's items, which the table has stored since format 2; an empty table gets this version's format,
 * and stores it.
 */
export async function openFormat(db: Database): Promise<number> {
  const stored = await getStored(db, keys.format());
  if (stored) return Number(stored["version"]);
  const { Items = [] } = await db.send(new ScanCommand({ TableName: db.tableName, Limit: 1 }));
  if (Items.length > 0) return 1;
  await writeFormat(db);
  return TABLE_FORMAT;
}

/** Stores that the table's items are in the format of this version. */
export async function writeFormat(db: Database): Promise<void> {
  const item = toItem(keys.format(), "format", { version: TABLE_FORMAT });
  await db.send(new PutCommand({ TableName: db.tableName, Item: item }));
}

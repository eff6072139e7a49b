import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "./action.ts";
import type { Database } from "./database.ts";
import { keys } from "./keys.ts";
import { getStored } from "./read-items.ts";

/**
 * The format that this version reads and writes. Format 1 counts each feed in one item, and a problem's executions in its head;
 * 2 counts feeds in counters and a tree; 3 counts a problem's executions in counters of their own; 4 has the entries of the
 * public feed in 8 partitions.
 */
export const TABLE_FORMAT = 4;

/**
 * Reads the format of the table's items. A table without a stored format has format 1 if it has items; an empty table gets
 * the format of this version, which is stored.
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

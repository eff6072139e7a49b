import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Database } from "./database.ts";
import { asTooLarge } from "./item-size.ts";
import { ATTEMPTS, pause } from "./retry.ts";

/**
 * Highest number of items in one BatchWriteItem. Source:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
const BATCH_WRITE_LIMIT = 25;

type Item = Record<string, unknown>;

/** Writes any number of items, not atomically: if it throws, some may have been written. */
export async function putItems(db: Database, items: readonly Item[]): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_WRITE_LIMIT) {
    await putChunk(db, items.slice(start, start + BATCH_WRITE_LIMIT));
  }
}

async function putChunk(db: Database, items: readonly Item[]): Promise<void> {
  let rest: { PutRequest?: { Item: Item | undefined } | undefined }[] = items.map((Item) => ({
    PutRequest: { Item },
  }));
  for (let attempt = 1; rest.length > 0; attempt++) {
    const { UnprocessedItems } = await db
      .send(new BatchWriteCommand({ RequestItems: { [db.tableName]: rest } }))
      .catch((error: unknown) => {
        throw asTooLarge(error instanceof Error ? error.message : "", error) ?? error;
      });
    rest = UnprocessedItems?.[db.tableName] ?? [];
    if (rest.length === 0) return;
    if (attempt >= ATTEMPTS)
      throw new Error(`${rest.length} items could not be written: the table is throttled`);
    await pause(attempt);
  }
}

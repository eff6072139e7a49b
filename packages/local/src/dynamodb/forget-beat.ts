import { createBeatTable } from "@algoitny/core/beat/beat.table";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import type { TablePlace } from "../sample/sample.ts";

/**
 * Forgets what the last beat left in Redis, for a cloud that starts its own engine: the first beat then clears the cache as a new
 * stage's does. Compared with the value of another process, each start would count as a Redis that came back older.
 */
export async function forgetBeat({ endpoint, table }: TablePlace): Promise<void> {
  const client = createClient(endpoint);
  try {
    await createBeatTable(createDatabase({ tableName: table, client })).forget();
  } finally {
    client.destroy();
  }
}

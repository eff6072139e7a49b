import { createBeatTable } from "@algoitny/core/beat/beat.table";
import { createClient, createDatabase } from "@algoitny/core/table/database";
import type { TablePlace } from "../sample/sample.ts";

/**
 * Forgets the value of the last beat, for a cloud that starts its own Redis: the first beat then clears the cache, as a new
 * stage's does. With the value of an earlier process, each start would count as a Redis that came back with an older state.
 */
export async function forgetBeat({ endpoint, table }: TablePlace): Promise<void> {
  const client = createClient(endpoint);
  try {
    await createBeatTable(createDatabase({ tableName: table, client })).forget();
  } finally {
    client.destroy();
  }
}

import type { Cache, LoadReads } from "@algoitny/cache";
import { recorder } from "@algoitny/cache/dynamodb";
import type { createClient } from "@algoitny/core/table/database";

interface Opened {
  readonly cache: Cache;
  readonly client: ReturnType<typeof createClient>;
  readonly tableName: string;
}

/**
 * Table clients for recorded views: one for each load, one whose writes invalidate the views, and one whose writes are
 * refused while Redis does not accept that.
 */
export function openRecording({ cache, client, tableName }: Opened) {
  const dynamodb = recorder(client, { keys: { [tableName]: ["pk", "sk"] } });
  return {
    for: (reads: LoadReads) => dynamodb.for(reads),
    writing: dynamodb.writing(cache),
    guarded: dynamodb.writing(cache, { guarded: true }),
  };
}

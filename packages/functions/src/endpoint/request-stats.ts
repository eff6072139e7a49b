import type { CacheEntry, Tag } from "@algoitny/cache";
import type { HttpResult } from "./http-event.ts";

/** Cost of one request. */
export interface RequestStats {
  /** Requests to DynamoDB. */
  databaseCalls: number;
  /** The cached view it read, if it read one. */
  reading: CacheEntry<unknown> | undefined;
  /** Tags that its writes have invalidated. */
  tags: readonly Tag[];
}

/**
 * `Server-Timing` of an answer. A 404 has none: what is hidden from the caller takes more reads than what does not exist,
 * and the two must look the same.
 */
export function timingHeader(result: HttpResult, meter: RequestStats): Record<string, string> {
  return result.statusCode === 404 ? {} : { "server-timing": serverTiming(meter) };
}

/** `Server-Timing`, as `cache;desc="HIT";dur=1.2, db;desc="0 reads";dur=0`, after a write `…, tags;desc="7 invalidated"`; times in ms. */
function serverTiming({ databaseCalls, reading, tags }: RequestStats): string {
  const database = `db;desc="${databaseCalls} reads"`;
  const invalidated = tags.length > 0 ? `, tags;desc="${new Set(tags).size} invalidated"` : "";
  if (!reading) return `${database}${invalidated}`;
  const { status, storeMs, loadMs = 0 } = reading;
  return `cache;desc="${status.toUpperCase()}";dur=${rounded(storeMs)}, ${database};dur=${rounded(loadMs)}${invalidated}`;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

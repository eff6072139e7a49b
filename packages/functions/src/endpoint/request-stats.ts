import type { CacheEntry, Tag } from "@algoitny/cache";
import type { ArmOfKey } from "@algoitny/core/experiment/known-experiments";
import type { HttpResult } from "./http-event.ts";

/** The parts of a read that an answer needs. */
export type Reading = Pick<
  CacheEntry<unknown>,
  "status" | "detail" | "stored" | "collapsed" | "entry" | "storeMs" | "loadMs"
>;

/** Cost of one request. */
export interface RequestStats {
  /** Requests to DynamoDB. */
  databaseCalls: number;
  /** The cached view that it read, if any. */
  reading: Reading | undefined;
  /** The arm of the view and key that it read, if an experiment runs on the view. */
  arm?: ArmOfKey | undefined;
  /** Tags of rules that its writes have invalidated. */
  tags: readonly Tag[];
}

/** Cost of a request that is still running. */
export interface RequestMeter extends RequestStats {
  /** Tags of recorded reads that its writes affect, and that are not invalidated yet. */
  readonly names: Set<Tag>;
  /** Tags of rules that its current write has announced: they need no second invalidation. */
  readonly announced: Set<Tag>;
}

/**
 * `Server-Timing` of an answer. A 404 has none: a hidden item takes more reads than an absent one, and the two must look
 * the same. With `hidesCost` only a hit shows its cost; other answers show at most the number of tags.
 */
export function timingHeader(
  result: HttpResult,
  meter: RequestStats,
  hidesCost = false,
): Record<string, string> {
  if (result.statusCode === 404) return {};
  const isShown = !hidesCost || meter.reading?.status === "hit";
  const tags = new Set(meter.tags).size;
  const parts = [isShown && costOf(meter), tags > 0 && `tags;desc="${tags} invalidated"`];
  const timing = parts.filter(Boolean).join(", ");
  return timing === "" ? {} : { "server-timing": timing };
}

/**
 * As `cache;desc="MISS";dur=1.2, load;dur=8.4, db;desc="3 reads"`; times in ms. "reads" counts all requests to DynamoDB.
 * `db` has no time: a load also reads other entries of the cache and computes, and may take long without such a request.
 */
function costOf({ databaseCalls, reading }: RequestStats): string {
  const database = `db;desc="${databaseCalls} ${databaseCalls === 1 ? "read" : "reads"}"`;
  if (!reading) return database;
  const { status, storeMs, loadMs } = reading;
  const load = loadMs === undefined ? "" : `load;dur=${rounded(loadMs)}, `;
  return `cache;desc="${status.toUpperCase()}";dur=${rounded(storeMs)}, ${load}${database}`;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

import { type Duration, toMs } from "../duration.ts";
import type { Resource } from "../resource.ts";
import { checkAtOnce, slices } from "../slices.ts";
import type { Engine } from "./context.ts";
import { startInBulk, uniqueReads } from "./get-many.ts";
import { learnSize, partsOf } from "./parts-of-a-look.ts";
import { type Found, lookUp, type LookupResult } from "./lookup.ts";
import type { ReadOptions } from "./read-context.ts";
import { isDue, refreshAll, type RefreshResult, storeDown } from "./refresh.ts";

/** Highest number of entries in one look: 100. */
const LOOKED_AT_ONCE = 100;

export interface WarmOptions<Source> extends ReadOptions<Source> {
  /**
   * An entry with less than this left is loaded now: pass the time until the next run. Limited to half of the
   * resource's `ttl`, so that an entry that has just been loaded is not loaded again. Default: entries near their end
   * are refreshed early with the same probability as by reads.
   */
  ahead?: Duration;
  /**
   * Number of entries loaded at a time: one request for their leases, one bulk load, one request that stores them.
   * Default 100.
   */
  atOnce?: number;
  /** Reports what would be loaded (`due`), and loads nothing. */
  dryRun?: boolean;
  /** Called with the number of completed entries, after each step that completed some. */
  onProgress?: (done: number) => void;
}

/** Result of a refresh; `due` in a dry run; `left` if the time was over first; an Error if a load failed. */
export type WarmResult = RefreshResult | "due" | "left" | Error;

/**
 * Refreshes those of many entries that are due: missing ones first, then those that expire first. If the store is down,
 * it loads nothing.
 */
export async function refreshMany<P, V, S>(
  engine: Engine,
  resource: Resource<P, V, S>,
  params: readonly P[],
  request: WarmOptions<S>,
): Promise<WarmResult[]> {
  const { ahead = "0 seconds", atOnce = 100, dryRun = false, onProgress } = request;
  checkAtOnce(atOnce);
  const aheadMs = Math.min(toMs(ahead), resource.freshMs / 2);
  const results = new Map<string, WarmResult>();
  const reads = params.map((each) => startInBulk(engine, resource, each, request));
  const unique = uniqueReads(reads);
  // Once the request's signal is aborted, no further group is begun.
  const leftMs = () => (request.signal?.aborted ? 0 : (unique[0]?.budget.leftMs() ?? 0));
  let reported = 0;
  const report = () => {
    if (results.size > reported) onProgress?.((reported = results.size));
  };

  const due: Found[] = [];
  for (const some of partsOf(engine, unique, LOOKED_AT_ONCE)) {
    const looks = leftMs() > 0 ? await lookUp(engine, some) : [];
    for (const found of looks) {
      const { read, look } = found;
      const { key } = read.keys;
      if (look.state === "down") results.set(key, leftMs() > 0 ? storeDown() : "left");
      else if (!isDue(engine, look, aheadMs)) results.set(key, "skipped");
      else if (dryRun) results.set(key, "due");
      else due.push(found);
    }
    const entries = looks.flatMap(({ look }) => (look.state === "down" ? [] : (look.entry ?? [])));
    learnSize(
      resource,
      entries.map(({ body }) => body.length),
    );
    report();
  }
  for (const [index, some] of slices(due.toSorted(byEnd), atOnce).entries()) {
    // A load that is not expected to finish would be wasted work; but one group is always tried, because the expectation
    // may be wrong, and would otherwise stay so.
    const expectedMs = index === 0 ? 0 : (engine.costs.get(resource.name) ?? 0);
    if (leftMs() <= expectedMs) break;
    const refreshed = await refreshAll(engine, some);
    for (const [place, { read }] of some.entries())
      results.set(read.keys.key, refreshed[place] as WarmResult);
    report();
  }
  return reads.map((read) =>
    read instanceof Error ? read : (results.get(read.keys.key) ?? "left"),
  );
}

/** Missing entries come first; the sort is stable, so equal ones keep their order. */
function byEnd(left: Found, right: Found): number {
  const [leftMs, rightMs] = [endOf(left.look), endOf(right.look)];
  return leftMs === rightMs ? 0 : leftMs - rightMs;
}

function endOf(look: LookupResult): number {
  return look.state === "miss" || look.state === "down"
    ? Number.NEGATIVE_INFINITY
    : look.entry.header.freshUntilMs;
}

import { checkReads } from "../call-faults.ts";
import { CacheError } from "../errors.ts";
import { withDeadline } from "../clock.ts";
import { emit } from "../events.ts";
import { slices } from "../slices.ts";
import type { Engine } from "./context.ts";
import { createEffort, type Effort } from "./effort.ts";
import { type EntryLook, fetchStored, serveHit } from "./fetch.ts";
import { singleFlight } from "./flights.ts";
import { loadApart, loadUnleased } from "./load-and-commit.ts";
import { letThrough } from "./line.ts";
import { isLoadedAfterWaiting, loadAfterWaiting } from "./load-after-waiting.ts";
import type { Found, LookupResult } from "./lookup.ts";
import { pursue } from "./pursue.ts";
import type { AnyRead } from "./read-context.ts";
import { handOver, serveWhileRefreshing } from "./serve-stale.ts";
import type { Served } from "./served.ts";
import { share } from "./share.ts";
import { waitLimitMs } from "./time-limits.ts";

/** Number of rounds after which a read stops looking for a load to share, and loads by itself. */
const ROUND_LIMIT = 3;

/**
 * Obtains the values of entries that cannot be served as they are: joins the loads in progress in this process and
 * starts the others together. If a queue or another read has taken over a refresh, or `waitUntil` lets it continue
 * after the answer, the stale entry is served at once; otherwise the read that gets the lease refreshes before it
 * answers, because work left running would be frozen with the function.
 */
export async function obtain(
  engine: Engine,
  found: readonly Found[],
  round: number,
): Promise<Promise<Served>[]> {
  if (round === 0) checkReads(found.map(({ read }) => read));
  const atOnce = found[0]?.read.atOnce ?? Infinity;
  if (found.length <= atOnce) return obtainGroup(engine, found, round);
  const obtained: Promise<Served>[] = [];
  for (const group of slices(found, atOnce)) {
    const results = await obtainGroup(engine, group, round);
    obtained.push(...results);
    // The group is stored before the next one begins, so that a process that runs out of time keeps what it has loaded.
    await Promise.allSettled(results);
  }
  return obtained;
}

async function obtainGroup(
  engine: Engine,
  found: readonly Found[],
  round: number,
): Promise<Promise<Served>[]> {
  const reads = found.map(({ read }) => read);
  if (round === 0) found.forEach(reportMiss);
  if (round >= ROUND_LIMIT) return loadApart(engine, reads, "lease-denied");
  const alone: Effort[] = [];
  const isHandedOver = await Promise.all(
    found.map(
      async ({ read, look }) =>
        isRefreshable(look) &&
        !engine.flights.has(read.keys.key) &&
        (await handOver(engine, read, look)),
    ),
  );
  const started: Effort[] = [];
  const results = found.map((each, index) => {
    const { read, look } = each;
    // A load in progress may return what was stored before the failed invalidation.
    if (look.state === "down" && look.pending) {
      const effort = createEffort(each);
      alone.push(effort);
      return effort.served;
    }
    const flight = isShared(engine, read) ? engine.flights.get(read.keys.key) : undefined;
    if (isRefreshable(look) && (flight !== undefined || isHandedOver[index]))
      return Promise.resolve(serveWhileRefreshing(engine, read, look));
    if (flight !== undefined) return join(engine, read, flight, round);
    const effort = createEffort(each);
    singleFlight(engine.flights, read.keys.key, effort.served);
    started.push(effort);
    if (isRefreshable(look) && isKeptAwake(read, effort.served))
      return Promise.resolve(serveWhileRefreshing(engine, read, look));
    return look.state === "fresh" ? hitUnlessRefreshed(engine, each, effort.served) : effort.served;
  });
  // Each is awaited by its own reader; until then a failure must not count as unhandled.
  for (const result of results) result.catch(() => undefined);
  loadUnleased(engine, alone, "store-unreachable");
  void pursue(engine, started);
  return results;
}

/** A load in progress may return a replica's data, which is not enough for a read that requires the primary. */
function isShared({ reads }: Engine, { isExact }: AnyRead): boolean {
  return reads === "primary" || !isExact;
}

/** Reports a miss with its reason: the look found nothing that may be served before a load, or got no answer. */
export function reportMiss({ read: { resource, keys }, look }: Found): void {
  const reason = missReason(look);
  if (reason === undefined) return;
  emit(() => ({ type: "miss", resource: resource.name, key: keys.key, reason }));
}

function missReason(look: LookupResult) {
  if (look.state === "down") return look.why ?? "store-failed";
  return "reason" in look ? look.reason : undefined;
}

function isRefreshable(look: LookupResult): look is EntryLook {
  return look.state === "fresh" || look.state === "stale";
}

/** True when the platform continues a refresh after its reader has answered. */
function isKeptAwake({ waitUntil }: AnyRead, refresh: Promise<Served>): boolean {
  if (waitUntil === undefined) return false;
  try {
    waitUntil(refresh.catch(() => undefined));
    return true;
  } catch {
    return false;
  }
}

/** The entry was fresh when this read looked: it may be served, even if its early refresh fails. */
async function hitUnlessRefreshed(
  engine: Engine,
  { read, look }: Found,
  refresh: Promise<Served>,
): Promise<Served> {
  const served = await refresh.catch(() => null);
  if (served !== null) return served;
  return { ...serveHit(engine, read, look as EntryLook, 0), detail: "early-refresh" };
}

/** Waits for a load that another read of this process has started, and shares its result if that is recent enough. */
async function join(
  engine: Engine,
  read: AnyRead,
  flight: Promise<Served>,
  round: number,
): Promise<Served> {
  const { keys } = read;
  const waitMs = waitLimitMs(engine, read);
  const late = new CacheError(
    "load_timeout",
    `${keys.key}: the load it waited for took over ${waitMs} ms`,
  );
  letThrough(engine, read);
  try {
    const served = await withDeadline(engine.clock, waitMs, flight, () => late);
    const shared = share(engine, read, served);
    if (shared) return shared;
  } catch (error) {
    if (error === late) return waitedInVain(engine, read);
    // The other read's time may be over, while the load that it shared continues.
    if (isLoadedAfterWaiting(engine, read)) return waitedInVain(engine, read);
    // The first failure may belong to the other read, such as a shorter time limit; the second one is shared.
    if (round > 0) throw error;
  }
  const [again] = await fetchStored(engine, [read], round + 1);
  return again as Promise<Served>;
}

function waitedInVain(engine: Engine, read: AnyRead): Promise<Served> {
  const effort = createEffort({ read, look: { state: "down", pending: false }, closedMs: null });
  loadAfterWaiting(engine, [effort]);
  return effort.served;
}

import { CacheError } from "../errors.ts";
import { withDeadline } from "../clock.ts";
import { emit } from "../events.ts";
import type { Engine } from "./context.ts";
import { createEffort, type Effort } from "./effort.ts";
import { fetchAll } from "./fetch.ts";
import { singleFlight } from "./flights.ts";
import { loadAlone, loadUnleased } from "./load-and-commit.ts";
import { letThrough } from "./line.ts";
import { type Found, isPending, type LookupResult } from "./lookup.ts";
import { pursue } from "./pursue.ts";
import type { AnyRead } from "./read-context.ts";
import { type EntryLook, serveHit } from "./serve-fresh.ts";
import { handOver, serveWhileRefreshing } from "./serve-stale.ts";
import type { Served } from "./served.ts";
import { waitLimitMs } from "./time-limits.ts";

/** After so many rounds a read stops looking for a load to share and loads by itself. */
const ROUND_LIMIT = 3;

/**
 * Obtains the values of entries that cannot be served as they are: joins the loads under way in this process and starts
 * the others together. A refresh that a queue or another read has taken over leaves its entry to be served at once; else
 * the read that gets the lease refreshes before it answers, since work left behind would freeze with the function.
 */
export async function obtain(
  engine: Engine,
  found: readonly Found[],
  round: number,
): Promise<Promise<Served>[]> {
  if (round === 0) for (const { read, look } of found) reportMiss(read, look);
  if (round >= ROUND_LIMIT) return found.map(({ read }) => loadAlone(engine, read, "lease-denied"));
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
    // A load under way may end in what was stored before the invalidation that failed.
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

/** A load under way may end in what a replica shows, which is not enough for a read that asks for the primary's answer. */
function isShared({ reads }: Engine, { from }: AnyRead): boolean {
  return from === reads;
}

function reportMiss({ resource, keys }: AnyRead, look: LookupResult): void {
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

/** The entry was fresh when this read looked: it may be served, whatever becomes of its early refresh. */
async function hitUnlessRefreshed(
  engine: Engine,
  { read, look }: Found,
  refresh: Promise<Served>,
): Promise<Served> {
  const served = await refresh.catch(() => null);
  if (served !== null) return served;
  return { ...serveHit(engine, read, look as EntryLook, 0), detail: "early-refresh" };
}

/** Waits for a load that another read of this process has started, and shares its result where that is young enough. */
async function join(
  engine: Engine,
  read: AnyRead,
  flight: Promise<Served>,
  round: number,
): Promise<Served> {
  const { keys, resource, tick } = read;
  const waitMs = waitLimitMs(engine, read);
  const late = new CacheError(
    "load_timeout",
    `${keys.key}: the load it waited for took over ${waitMs} ms`,
  );
  letThrough(engine, read);
  try {
    const served = await withDeadline(engine.clock, waitMs, flight, () => late);
    const isSound = !isPending(engine, read, served.entry);
    if (isSound && engine.policy.mayShare(tick, served.asOf)) {
      emit(() => ({ type: "collapsed", resource: resource.name, key: keys.key, where: "process" }));
      const { loaded: _ownValue, loadMs: _ownTime, ...shared } = served;
      return { ...shared, stored: false, collapsed: true };
    }
  } catch (error) {
    if (error === late) return loadAlone(engine, read, "lease-denied");
    // The first failure may be the other read's own, a shorter time limit for instance; the second one is shared.
    if (round > 0) throw error;
  }
  const [again] = await fetchAll(engine, [read], round + 1);
  return again as Promise<Served>;
}

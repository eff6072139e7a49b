import { withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import type { Engine } from "./context.ts";
import { createEffort, type Effort } from "./effort.ts";
import { singleFlight } from "./flights.ts";
import { loadApart, loadUnleased } from "./load-and-commit.ts";
import { serveFallback } from "./serve-stale.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";
import { share } from "./share.ts";

/** Loads past the store that began after a wait without result, with the tick before each. */
const begun = new WeakMap<Promise<Served>, number>();

/** A load that several reads wait for is not bound to the remaining time of one of them. */
const NO_LIMIT = { leftMs: () => Infinity };

/** True while this process runs a load, begun after a wait without result, that the read may share. */
export function isLoadedAfterWaiting({ flights, policy }: Engine, read: AnyRead): boolean {
  const flight = flights.get(read.keys.key);
  return flight !== undefined && policy.mayShare(read.tick, begun.get(flight) ?? 0);
}

/**
 * Loads entries whose leases others hold, after a wait without result: one load for each entry, for all reads of this
 * process that waited. Settles every effort.
 */
export function loadAfterWaiting(engine: Engine, efforts: readonly Effort[]): void {
  const tick = engine.tick();
  const loads = efforts.flatMap((effort) => {
    const { read, fallback, settle } = effort;
    // `loadUnleased` serves the fallback at once.
    if (fallback?.refreshing) return [effort];
    const flight = engine.flights.get(read.keys.key);
    if (flight && isLoadedAfterWaiting(engine, read)) {
      const own = () => loadApart(engine, [read], "lease-denied")[0] as Promise<Served>;
      const shared = flight.then((served) => share(engine, read, served) ?? own());
      settle(inTime(engine, effort, shared));
      return [];
    }
    const unbound = { ...effort, read: { ...read, budget: NO_LIMIT } };
    // Each read has a separate fallback: the failure itself is shared.
    const load = { ...createEffort(unbound), fallback: null };
    begun.set(load.served, tick);
    singleFlight(engine.flights, read.keys.key, load.served);
    settle(inTime(engine, effort, load.served));
    return [load];
  });
  loadUnleased(engine, loads, "lease-denied");
}

/** Waits for a load as long as the read may, and serves the fallback if the load fails or is late. */
async function inTime(
  engine: Engine,
  { read, fallback }: Effort,
  load: Promise<Served>,
): Promise<Served> {
  const leftMs = read.budget.leftMs();
  const message = `${read.keys.key}: no value within ${Math.round(leftMs)} ms`;
  const late = () => new CacheError("load_timeout", message);
  try {
    return await withDeadline(engine.clock, leftMs, load, late);
  } catch (error) {
    if (fallback === null) throw error;
    return serveFallback(engine, read, fallback, "load-failed");
  }
}

import { withDeadline } from "./clock.ts";
import type { Engine } from "./engine.ts";
import { CacheError } from "./errors.ts";
import { emit } from "./events.ts";
import { lead } from "./lead.ts";
import { loadAlone } from "./lead-load.ts";
import { inLine } from "./load.ts";
import { type AnyAsk, type Look, waitLimitMs } from "./lookup.ts";
import type { Served } from "./served.ts";

/** After so many rounds a read stops looking for somebody to share with and loads by itself. */
const ROUND_LIMIT = 3;

/**
 * Gets the value of an entry that cannot be served as it is: joins a load under way in this process or starts one.
 * Undefined means "look again": the load that was joined turned out to have begun too early for this read.
 */
export async function fill(
  engine: Engine,
  ask: AnyAsk,
  look: Look,
  round: number,
): Promise<Served | undefined> {
  if (round >= ROUND_LIMIT) return loadAlone(engine, ask, "lease-denied");
  // A load under way may end in what was stored before the invalidation that failed.
  if (look.state === "down" && look.owed)
    return inLine(engine, ask, () => loadAlone(engine, ask, "store-unreachable"));
  const flight = engine.flights.get(ask.place.key);
  if (flight !== undefined) return join(engine, ask, flight, round);
  return fly(engine, ask.place.key, lead(engine, ask, look));
}

/** Makes a load known to the reads that come while it is under way. */
export function fly(engine: Engine, key: string, work: Promise<Served>): Promise<Served> {
  const { flights } = engine;
  const flight = work.finally(() => {
    if (flights.get(key) === flight) flights.delete(key);
  });
  flights.set(key, flight);
  return flight;
}

async function join(
  engine: Engine,
  ask: AnyAsk,
  flight: Promise<Served>,
  round: number,
): Promise<Served | undefined> {
  const { place, resource, tick } = ask;
  const waitMs = waitLimitMs(engine, ask);
  const late = () =>
    new CacheError("load_timeout", `${place.key}: the load it waited for took over ${waitMs} ms`);
  try {
    const served = await withDeadline(engine.clock, waitMs, flight, late);
    if (!engine.policy.mayShare(tick, served.asOf)) return undefined;
    emit(() => ({ type: "collapsed", resource: resource.name, key: place.key, where: "process" }));
    const { loaded: _ownValue, ...shared } = served;
    return { ...shared, stored: false, collapsed: true };
  } catch (error) {
    if (error instanceof CacheError && error.code === "load_timeout")
      return loadAlone(engine, ask, "lease-denied");
    // The first failure may be the other read's own, a shorter time limit for instance; the second one is shared.
    if (round === 0) return undefined;
    throw error;
  }
}

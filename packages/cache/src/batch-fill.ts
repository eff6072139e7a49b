import { type Licensed, loadGroup, type Member } from "./batch-load.ts";
import { leaseAll, lookUpAll, type Seen } from "./batch-store.ts";
import { deadline } from "./budget.ts";
import type { Engine } from "./engine.ts";
import { emit } from "./events.ts";
import { fly } from "./fill.ts";
import { firstPauseMs, fromOther, nextPauseMs } from "./lead.ts";
import { standInOf, waitLimitMs } from "./lookup.ts";
import { reportMiss } from "./read.ts";
import { servedFallback, servedStale } from "./serve-stale.ts";
import type { ReadDetail, Served } from "./served.ts";
import { BACKOFF } from "./store.ts";

type Results = Map<string, Promise<Served>>;

/**
 * Gets the values of many entries that cannot be served as they are. What this process gets the leases of comes with one
 * bulk load; for what other instances are loading it waits with one look for all, and asks for the leases that are free.
 */
export async function fillAll(engine: Engine, members: readonly Member[]): Promise<Results> {
  const results: Results = new Map();
  const [one] = members;
  if (one === undefined) return results;
  for (const { ask, look } of members) if (look.state !== "stale") reportMiss(ask, look);
  const waiting = deadline(engine.clock, waitLimitMs(engine, one.ask));
  let pauseMs = firstPauseMs(engine, one.ask);
  let rest = await leadSome(engine, members, results);
  // The last look comes after the time is over: a function that was frozen meanwhile finds what others have stored.
  for (let isLast = false; rest.length > 0 && !isLast;) {
    isLast = waiting.leftMs() === 0;
    await engine.clock.sleep(Math.min(pauseMs * (0.5 + engine.random()), waiting.leftMs()));
    pauseMs = nextPauseMs(pauseMs);
    const asOf = engine.tick();
    const seen = await lookUpAll(
      engine,
      rest.map(({ ask }) => ask),
      { leases: true },
    );
    const wanting = seen.filter((each) => !serveSeen(engine, each, asOf, results));
    const busy = wanting.filter(({ lease }) => lease !== null).map(toMember);
    const free = wanting.filter(({ lease }) => lease === null).map(toMember);
    rest = [...busy, ...(await leadSome(engine, free, results))];
  }
  loadWithoutLease(engine, rest, "lease-denied", results);
  return results;
}

/** Loads what this process gets the leases of, and what the store has nothing to say about; gives back what others load. */
async function leadSome(
  engine: Engine,
  members: readonly Member[],
  results: Results,
): Promise<Member[]> {
  const up = members.filter(({ look }) => look.state !== "down");
  const { granted, stored, failures } = await leaseAll(engine, up);
  start(engine, granted, results);
  const withoutStore = members.filter(
    ({ ask, look }) => look.state === "down" || failures.has(ask.place.key),
  );
  loadWithoutLease(engine, withoutStore, "store-unreachable", results);
  const denied = up.filter(({ ask }) => !results.has(ask.place.key));
  return denied.flatMap((member) => {
    const { ask } = member;
    const { key } = ask.place;
    const look = stored.get(key) ?? member.look;
    emit(() => ({ type: "lease-denied", resource: ask.resource.name, key }));
    if (serveSeen(engine, { ask, look, lease: null }, 0, results)) return [];
    return [{ ask, look, standIn: standInOf(look) }];
  });
}

/** Serves what needs no load, or none of ours: a value that another instance stored, a stale one, one in place of a failure. */
function serveSeen(
  engine: Engine,
  { ask, look, lease }: Seen,
  asOf: number,
  results: Results,
): boolean {
  const { key } = ask.place;
  const standIn = standInOf(look);
  if (look.state === "fresh")
    results.set(key, Promise.resolve(fromOther(engine, ask, look.entry, asOf)));
  else if (standIn?.refreshing)
    results.set(key, Promise.resolve(servedStale(engine, ask, standIn.entry)));
  else if (standIn && lease === BACKOFF)
    results.set(key, Promise.resolve(servedFallback(engine, ask, standIn.entry)));
  else return false;
  return true;
}

/** Loads that are not stored: nobody has a lease for them. */
function loadWithoutLease(
  engine: Engine,
  members: readonly Member[],
  detail: ReadDetail,
  results: Results,
): void {
  const alone = members.map((member) => ({ ...member, lease: null }));
  start(engine, alone, results, detail);
}

function start(
  engine: Engine,
  members: readonly Licensed[],
  results: Results,
  detail?: ReadDetail,
): void {
  for (const [key, served] of loadGroup(engine, members, detail)) {
    const flight = fly(engine, key, served);
    // It is awaited when all others are known; until then a failure must not count as unhandled.
    flight.catch(() => undefined);
    results.set(key, flight);
  }
}

function toMember({ ask, look }: Seen): Member {
  return { ask, look, standIn: standInOf(look) };
}

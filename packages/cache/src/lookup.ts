import type { Budget } from "./budget.ts";
import { withDeadline } from "./clock.ts";
import type { Engine } from "./engine.ts";
import { decodeEntry, type Entry, STORED_ID_LENGTH, storedId } from "./entry.ts";
import { CacheError } from "./errors.ts";
import type { Place } from "./keyspace.ts";
import type { MissReason, Verdict } from "./policy.ts";
import type { Resource } from "./resource.ts";
import type { Outcome } from "./store.ts";

/** One read under way. */
export interface Ask<Params, Value, Source> {
  readonly resource: Resource<Params, Value, Source>;
  readonly params: Params;
  readonly source: Source;
  readonly place: Place;
  readonly budget: Budget;
  /** When the read began, by the process's logical clock. */
  readonly tick: number;
  /** Id of an entry whose body is damaged or does not fit the schema: to this read it is as good as missing. */
  readonly unusable?: string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- operations treat every resource's types alike
export type AnyAsk = Ask<any, any, any>;

/** What the store had to say about an entry. */
export type Look =
  | { state: "fresh" | "stale" | "fallback"; entry: Entry; l1: boolean }
  | { state: "miss"; reason: MissReason; seenId: string | null }
  /** `owed`: an invalidation of it failed here, and has not been made up for. */
  | { state: "down"; owed: boolean };

/** An entry that may be served instead of a new value: `refreshing` at once, else only when the load fails. */
export interface StandIn {
  readonly entry: Entry;
  /** It is refreshed before its end: it needs no leave to be served. */
  readonly fresh: boolean;
  readonly refreshing: boolean;
}

export function standInOf(look: Look): StandIn | null {
  if (look.state === "miss" || look.state === "down") return null;
  return toStandIn(look.entry, look.state);
}

export function toStandIn(entry: Entry, state: "fresh" | "stale" | "fallback"): StandIn {
  return { entry, fresh: state === "fresh", refreshing: state !== "fallback" };
}

/** Id of the entry that a look found, good or bad; null when there was none. */
export function seenIdOf(look: Look): string | null {
  if (look.state === "down") return null;
  return look.state === "miss" ? look.seenId : storedId(look.entry.id);
}

/** Asks for an entry and its stamps in one request; an entry held in the process needs the stamps alone, or nothing. */
export async function lookUp(engine: Engine, ask: AnyAsk): Promise<Look> {
  const { resource, place } = ask;
  const { l1, clock, store } = engine;
  if (engine.policy.owes(engine.owed, place) && !(await paid(engine, ask)))
    return { state: "down", owed: true };
  if (resource.l1TrustMs !== null) await l1.ready();
  const trusted = resource.l1TrustMs
    ? l1.trusted(place.key, clock.now(), resource.l1TrustMs)
    : undefined;
  if (trusted) {
    const look = inspect(engine, ask, trusted, trusted.header.stamps, true);
    if (look.state === "fresh") return look;
  }
  const held = resource.l1TrustMs === null ? undefined : l1.get(place.key);
  const asked = { atMs: clock.now(), generation: l1.generation };
  try {
    const keys = held ? place.stampKeys : [place.entryKey, ...place.stampKeys];
    const values = await within(ask, engine, store.mget(keys));
    if (held) {
      const look = inspect(engine, ask, held, values, true);
      if (look.state === "fresh") {
        l1.put(place.key, held, asked);
        return look;
      }
      l1.drop(place.key);
      // The store may have a newer one: it is asked again, this time for the entry too.
      return lookUp(engine, ask);
    }
    const [text = null, ...stamps] = values;
    const look = inspectText(engine, ask, text, stamps);
    if (look.state === "fresh" && resource.l1TrustMs !== null) l1.put(place.key, look.entry, asked);
    return look;
  } catch (error) {
    if (error instanceof CacheError && error.code === "store_failed")
      return { state: "down", owed: false };
    throw error;
  }
}

/** Makes up for the invalidations that failed in this process; false when the store takes none now either. */
export async function paid(engine: Engine, ask: AnyAsk): Promise<boolean> {
  const { pay } = await import("./invalidation.ts");
  return within(ask, engine, pay(engine)).catch(() => false);
}

/** Judges the text of an entry, as it came from the store, by stamps that were read with it. */
export function inspectText(
  engine: Engine,
  ask: AnyAsk,
  text: string | null,
  stamps: readonly (string | null)[],
): Exclude<Look, { state: "down" }> {
  if (text === null) return { state: "miss", reason: "absent", seenId: null };
  const entry = decodeEntry(text);
  // Even what cannot be read is "seen": the lease script then grants the right to replace it.
  if (entry === null)
    return { state: "miss", reason: "corrupt", seenId: text.slice(0, STORED_ID_LENGTH) };
  return inspect(engine, ask, entry, stamps, false);
}

function inspect(
  engine: Engine,
  { resource, place, unusable }: AnyAsk,
  entry: Entry,
  stamps: readonly (string | null)[],
  l1: boolean,
): Exclude<Look, { state: "down" }> {
  if (entry.id === unusable)
    return { state: "miss", reason: "corrupt", seenId: storedId(entry.id) };
  const nowMs = engine.clock.now();
  const verdict: Verdict = engine.policy.judge(entry, stamps, {
    place,
    fingerprint: resource.fingerprint,
    nowMs,
  });
  if (verdict.state === "miss") return { ...verdict, seenId: storedId(entry.id) };
  return { state: verdict.state, entry, l1 };
}

/** The answer of the store, or a `store_failed` when the request's budget ends first. */
export function within<T>({ budget }: AnyAsk, { clock }: Engine, work: Promise<T>): Promise<T> {
  const late = () => new CacheError("store_failed", "no answer within the request's budget");
  return withDeadline(clock, budget.leftMs(), work, late);
}

/** How long a read waits for another one's load: at most half of what its request has left, to load by itself then. */
export function waitLimitMs({ waitMs }: Engine, { budget }: AnyAsk): number {
  return Math.min(waitMs, budget.leftMs() / 2);
}

/** The outcome of a batch of one; whatever goes wrong is its error. */
export async function first<T>(
  engine: Engine,
  ask: AnyAsk,
  work: Promise<Outcome<T>[]>,
): Promise<Outcome<T>> {
  try {
    const [outcome] = await within(ask, engine, work);
    return outcome ?? { ok: false, error: new CacheError("store_failed", "no answer") };
  } catch (error) {
    return {
      ok: false,
      error: error instanceof Error ? error : new CacheError("store_failed", String(error)),
    };
  }
}

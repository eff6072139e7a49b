import type { Licensed, Member } from "./batch-load.ts";
import type { Engine } from "./engine.ts";
import { CacheError } from "./errors.ts";
import { keepStandIn, leaseBatch, leaseRequest } from "./lead.ts";
import { type AnyAsk, inspectText, type Look, paid, seenIdOf, within } from "./lookup.ts";

/** What one look told of an entry; `lease` is who has its lease, where that was asked for. */
export interface Seen {
  readonly ask: AnyAsk;
  readonly look: Look;
  readonly lease: string | null;
}

/** One look at the store for many entries of a resource, at each of their stamps once, and at their leases if wanted. */
export async function lookUpAll(
  engine: Engine,
  asks: readonly AnyAsk[],
  { leases = false } = {},
): Promise<Seen[]> {
  const [one] = asks;
  if (one === undefined) return [];
  const places = asks.map(({ place }) => place);
  if (places.some((place) => engine.policy.owes(engine.owed, place)) && !(await paid(engine, one)))
    return asks.map((ask) => ({ ask, look: { state: "down", owed: true }, lease: null }));
  const names = new Set(places.flatMap(({ entryKey, stampKeys }) => [entryKey, ...stampKeys]));
  if (leases) for (const { leaseKey } of places) names.add(leaseKey);
  const keys = [...names];
  const values = await within(one, engine, engine.store.mget(keys)).catch(() => null);
  if (values === null)
    return asks.map((ask) => ({ ask, look: { state: "down", owed: false }, lease: null }));
  const valueOf = new Map(keys.map((key, index) => [key, values[index] ?? null]));
  const get = (key: string) => valueOf.get(key) ?? null;
  return asks.map((ask) => {
    const { entryKey, stampKeys, leaseKey } = ask.place;
    const look = inspectText(engine, ask, get(entryKey), stampKeys.map(get));
    return { ask, look, lease: get(leaseKey) };
  });
}

/** What became of many requests for a lease. */
export interface Leases {
  readonly granted: Licensed[];
  /** What somebody stored since the look, by key. */
  readonly stored: Map<string, Look>;
  readonly failures: Map<string, Error>;
}

/** Asks for the leases of many entries with one request. */
export async function leaseAll(engine: Engine, members: readonly Member[]): Promise<Leases> {
  const result: Leases = { granted: [], stored: new Map(), failures: new Map() };
  const [one] = members;
  if (one === undefined) return result;
  const grantedTick = engine.tick();
  const requests = members.map(({ ask, look }) => leaseRequest(engine, ask, seenIdOf(look)));
  const asking = within(one.ask, engine, engine.store.lease(leaseBatch(engine, requests)));
  const outcomes = await asking.catch((error: unknown) =>
    members.map(() => ({ ok: false as const, error: asError(error) })),
  );
  for (const [index, member] of members.entries()) {
    const outcome = outcomes[index];
    const { key } = member.ask.place;
    if (!outcome?.ok) {
      result.failures.set(key, outcome?.error ?? new CacheError("store_failed", "no answer"));
      continue;
    }
    const { granted, token, stamps, entry } = outcome.value;
    if (granted) {
      const standIn = keepStandIn(engine, member, outcome.value);
      result.granted.push({ ...member, lease: { token, stamps, standIn, grantedTick } });
    } else if (entry !== null) {
      result.stored.set(key, inspectText(engine, member.ask, entry, stamps));
    }
  }
  return result;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

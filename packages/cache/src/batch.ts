import { type Licensed, loadGroup, type Member } from "./batch-load.ts";
import { decodeServed } from "./decode.ts";
import type { Engine } from "./engine.ts";
import { emit } from "./events.ts";
import { fly } from "./fill.ts";
import { hit } from "./hit.ts";
import { keepStandIn, leaseRequest } from "./lead.ts";
import { type AnyAsk, inspectText, type Look, seenIdOf, standInOf, within } from "./lookup.ts";
import { begin, read, type ReadRequest, reportMiss } from "./read.ts";
import type { Resource } from "./resource.ts";
import type { Served } from "./served.ts";
import { servedStale } from "./stale.ts";

/** Reads many entries of a resource: equal keys are read once, and each failure is an Error in its own place. */
export async function readMany<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
  request: ReadRequest<Source>,
): Promise<(Value | undefined | Error)[]> {
  const asks = params.map((each) => begin(engine, resource, each, request));
  const unique = new Map(asks.map((ask) => [ask.place.key, ask]));
  const served = await readUnique(engine, [...unique.values()]);
  return Promise.all(
    asks.map(async ({ place }) => {
      try {
        return (await decodeServed<Value>(resource, (await served.get(place.key)) as Served)).value;
      } catch (error) {
        return asError(error);
      }
    }),
  );
}

/** One look for all; then one bulk load for those that this process gets the leases of, and single reads for the rest. */
async function readUnique(
  engine: Engine,
  asks: readonly AnyAsk[],
): Promise<Map<string, Promise<Served>>> {
  const results = new Map<string, Promise<Served>>();
  const wanted: Member[] = [];
  for (const { ask, look } of await lookUpAll(engine, asks)) {
    const standIn = standInOf(look);
    if (look.state === "fresh")
      results.set(ask.place.key, Promise.resolve(hit(engine, ask, look, 0)));
    else if (!engine.flights.has(ask.place.key)) wanted.push({ ask, look, standIn });
    else
      results.set(
        ask.place.key,
        standIn?.refreshing
          ? Promise.resolve(servedStale(engine, ask, standIn.entry))
          : read(engine, ask),
      );
  }
  for (const [key, served] of await fillAll(engine, wanted)) results.set(key, served);
  // Each promise is awaited by its own place; until then a failure must not count as unhandled.
  for (const served of results.values()) served.catch(() => undefined);
  return results;
}

/** One look at the store for many entries of a resource, and at each of their stamps once. */
export async function lookUpAll(
  engine: Engine,
  asks: readonly AnyAsk[],
): Promise<{ ask: AnyAsk; look: Look }[]> {
  const [one] = asks;
  if (one === undefined) return [];
  const stampKeys = [...new Set(asks.flatMap(({ place }) => place.stampKeys))];
  const keys = [...asks.map(({ place }) => place.entryKey), ...stampKeys];
  const values = await within(one, engine, engine.store.mget(keys)).catch(() => null);
  if (values === null) return asks.map((ask) => ({ ask, look: { state: "down" } }));
  const stamps = new Map(stampKeys.map((key, index) => [key, values[asks.length + index] ?? null]));
  return asks.map((ask, index) => {
    const own = ask.place.stampKeys.map((key) => stamps.get(key) ?? null);
    return { ask, look: inspectText(engine, ask, values[index] ?? null, own) };
  });
}

async function fillAll(
  engine: Engine,
  members: readonly Member[],
): Promise<Map<string, Promise<Served>>> {
  const results = new Map<string, Promise<Served>>();
  if (members.length === 0) return results;
  for (const { ask, look } of members) if (look.state !== "stale") reportMiss(ask, look);
  const down = members.filter(({ look }) => look.state === "down");
  for (const [key, served] of loadGroup(
    engine,
    down.map((member) => ({ ...member, lease: null })),
  ))
    results.set(key, served);
  const rest = members.filter(({ look }) => look.state !== "down");
  const { granted } = await leaseAll(engine, rest);
  for (const [key, served] of loadGroup(engine, granted)) {
    results.set(key, fly(engine, key, served));
  }
  for (const { ask, standIn } of rest) {
    if (results.has(ask.place.key)) continue;
    emit(() => ({ type: "lease-denied", resource: ask.resource.name, key: ask.place.key }));
    const served = standIn?.refreshing
      ? Promise.resolve(servedStale(engine, ask, standIn.entry))
      : read(engine, ask);
    results.set(ask.place.key, served);
  }
  return results;
}

/** Asks for the leases of many entries with one request: which are granted, and what went wrong with some of the others. */
export async function leaseAll(
  engine: Engine,
  members: readonly Member[],
): Promise<{ granted: Licensed[]; failures: Map<string, Error> }> {
  const grantedTick = engine.tick();
  const requests = members.map(({ ask, look }) => leaseRequest(engine, ask, seenIdOf(look)));
  const outcomes = requests.length === 0 ? [] : await engine.store.lease(requests);
  const granted: Licensed[] = [];
  const failures = new Map<string, Error>();
  for (const [index, member] of members.entries()) {
    const [outcome, request] = [outcomes[index], requests[index]];
    if (outcome?.ok === false) failures.set(member.ask.place.key, outcome.error);
    if (!outcome?.ok || !outcome.value.granted || !request) continue;
    const { token, stamps } = outcome.value;
    const standIn = keepStandIn(engine, member, outcome.value);
    granted.push({
      ...member,
      lease: { token, stamps, standIn, grantedTick },
    });
  }
  return { granted, failures };
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

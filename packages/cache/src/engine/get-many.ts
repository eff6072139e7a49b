import { type CacheEntry, toCacheEntry } from "../cache-entry.ts";
import { checkMany } from "../call-faults.ts";
import type { Resource } from "../resource.ts";
import { checkAtOnce } from "../slices.ts";
import type { Engine } from "./context.ts";
import { decodeServed } from "./decode.ts";
import { asError } from "./as-error.ts";
import { fetchAll, serveFound } from "./fetch.ts";
import { askFor, type Found, judgeStored, lookUp, stampNames } from "./lookup.ts";
import { learnSize, partsOf } from "./parts-of-a-look.ts";
import type { Served } from "./served.ts";
import {
  type AnyRead,
  meet,
  type ReadContext,
  type ReadOptions,
  startRead,
} from "./read-context.ts";
import { down, NEVER } from "./unreachable.ts";

export interface ManyOptions<Source> extends ReadOptions<Source> {
  /** All values are from one point in time. Rejects with `store_failed` if the store cannot confirm that. */
  snapshot?: boolean;
  /** Number of entries loaded and stored at a time, one group after the other. Default: all. */
  atOnce?: number;
  /** Returns each value as an entry, as `getEntry` does, for values that are made from others (`Loaded.from`). */
  entries?: boolean;
}

/** Reads many entries of a resource: equal keys are read once, and each failure is an Error in its own place. */
export async function getMany<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
  request: ManyOptions<Source> = {} as ManyOptions<Source>,
): Promise<(Value | CacheEntry<Value> | undefined | Error)[]> {
  const startMs = engine.clock.now();
  checkMany("getMany", resource, params, request);
  await meet(engine, resource);
  if (request.snapshot && resource.rollout) (await import("./rollout.ts")).requireWhole(resource);
  const { atOnce } = request;
  if (atOnce !== undefined) checkAtOnce(atOnce);
  const reads = params.map((each) => {
    const read = startInBulk(engine, resource, each, request);
    return read instanceof Error ? read : { ...read, atOnce };
  });
  const unique = uniqueReads(reads);
  const entries = new Map<string, Served>();
  const values = request.snapshot
    ? await (await import("./snapshot.ts")).snapshotOf(engine, unique, entries, valuesOf<Value>)
    : await valuesOf<Value>(engine, unique, entries);
  return reads.map((read) => {
    if (read instanceof Error) return read;
    const value = values.get(read.keys.key);
    const served = entries.get(read.keys.key);
    if (!request.entries || value instanceof Error || served === undefined) return value;
    const entry = toCacheEntry<Value>(engine, read, served, startMs);
    return { ...entry, value: async () => value as Value };
  });
}

/** Starts one of several reads; returns an Error if its key or a tag is invalid. */
export function startInBulk<Params, Value, Source>(
  engine: Engine,
  ...given: [Resource<Params, Value, Source>, Params, ReadOptions<Source>]
): ReadContext<Params, Value, Source> | Error {
  try {
    return { ...startRead(engine, ...given, engine.l1.held?.keysOf), isBulk: true };
  } catch (error) {
    return asError(error);
  }
}

/** One read for each key. */
export function uniqueReads(reads: readonly (AnyRead | Error)[]): AnyRead[] {
  const good = reads.filter((read): read is AnyRead => !(read instanceof Error));
  return [...new Map(good.map((read) => [read.keys.key, read])).values()];
}

/**
 * Decoded values by key. Entries that are damaged or do not match the schema are read again as misses, until every
 * value fits or its load fails.
 */
async function valuesOf<Value>(
  engine: Engine,
  reads: readonly AnyRead[],
  entries: Map<string, Served>,
): Promise<Map<string, Value | undefined | Error>> {
  const values = new Map<string, Value | undefined | Error>();
  const unusable: AnyRead[] = [];
  const served = await fetchInParts(engine, reads);
  const sizes: number[] = [];
  const settled = reads.map(async (read, index) => {
    const { key } = read.keys;
    try {
      const one = await served[index]!;
      sizes.push(one.entry.body.length);
      const { fits, value } = await decodeServed<Value>(read.resource, one);
      if (fits) {
        values.set(key, value);
        entries.set(key, one);
      } else unusable.push({ ...read, unusable: one.entry.id });
    } catch (error) {
      values.set(key, asError(error));
    }
  });
  await Promise.all(settled);
  const [first] = reads;
  if (first) learnSize(first.resource, sizes);
  if (unusable.length === 0) return values;
  return new Map([...values, ...(await valuesOf<Value>(engine, unusable, entries))]);
}

/** Looks in parts, so that no reply is too large; then judges the results of all parts as of one point in time. */
async function fetchInParts(engine: Engine, reads: readonly AnyRead[]): Promise<Promise<Served>[]> {
  const served: Promise<Served>[] = [];
  const found: Found[] = [];
  for (const part of partsOf(engine, reads)) {
    // In a rollout some reads go to the origin, whose answers are from different times.
    if (part[0]?.resource.rollout) served.push(...(await fetchAll(engine, part)));
    else found.push(...(await lookUp(engine, part)));
    // Each is awaited after all parts were looked at; until then a failure must not count as unhandled.
    for (const each of served) each.catch(() => undefined);
  }
  // Copies that the process trusts belong to no look.
  const moments = new Set(found.map(({ sent }) => sent.tick).filter((tick) => tick !== NEVER.tick));
  const judged = moments.size > 1 ? await judgeTogether(engine, found) : found;
  return [...served, ...(await serveFound(engine, judged))];
}

/**
 * Judges what several looks have found by stamps that are all from one point in time: an invalidation is seen
 * completely or not at all.
 */
async function judgeTogether(engine: Engine, found: readonly Found[]): Promise<Found[]> {
  const one = found[0] as Found;
  const entryOf = ({ look }: Found) =>
    look.state === "miss" || look.state === "down" ? null : look.entry;
  const names = found.flatMap((each) => {
    const entry = entryOf(each);
    return entry ? stampNames(engine, each.read, entry) : [];
  });
  const { values, sent, error } = await askFor(engine, one.read, new Set(names));
  const closed = values?.get(engine.space.closed);
  const closedMs = closed ? Number.parseInt(closed) : null;
  return found.map((each) => {
    const entry = entryOf(each);
    if (entry === null) return each;
    if (values === null) return down([each.read], false, error)[0] as Found;
    const stored = { text: null, entry };
    const look = judgeStored(engine, each.read, stored, { values, closedMs, l1: false });
    return { ...each, look, closedMs, sent };
  });
}

/** Gets a value in place of an entry that is damaged or does not match the schema. Rejects with the loader's error. */
export async function getAgain<P, V, S>(
  engine: Engine,
  read: ReadContext<P, V, S>,
  { entry }: Served,
): Promise<V | undefined> {
  const again = { ...read, unusable: entry.id };
  const values = await valuesOf<V>(engine, [again], new Map());
  const value = values.get(read.keys.key);
  if (value instanceof Error) throw value;
  return value;
}

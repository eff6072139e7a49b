import { CacheError } from "../errors.ts";
import { slices } from "../slices.ts";
import type { Resource } from "../resource.ts";
import type { Engine } from "./context.ts";
import { decodeServed } from "./decode.ts";
import { asError } from "./as-error.ts";
import { exchange } from "./exchange.ts";
import { fetchAll } from "./fetch.ts";
import { stampNames } from "./lookup.ts";
import type { Served } from "./served.ts";
import { type AnyRead, type ReadContext, type ReadOptions, startRead } from "./read-context.ts";

export interface ManyOptions<Source> extends ReadOptions<Source> {
  /** All values are of one moment. Rejects with `store_failed` when the store cannot say so. */
  snapshot?: boolean;
}

/** Reads many entries of a resource: equal keys are read once, and each failure is an Error in its own place. */
export async function getMany<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
  request: ManyOptions<Source>,
): Promise<(Value | undefined | Error)[]> {
  if (request.snapshot && resource.rollout) (await import("./rollout.ts")).requireWhole(resource);
  const reads = params.map((each) => startOr(engine, resource, each, request, { isBulk: true }));
  const unique = uniqueReads(reads);
  const values = request.snapshot
    ? await snapshotOf<Value>(engine, unique)
    : await valuesOf<Value>(engine, unique);
  return reads.map((read) => (read instanceof Error ? read : values.get(read.keys.key)));
}

/** Most attempts at a snapshot: 5. Each failed one means that a write came between. */
const SNAPSHOT_TRIES = 5;

/**
 * Values of one moment: what one look found valid is; else all stamps are compared once more, when everything is loaded. A
 * read that was torn by a write is repeated, for all entries as hits but those that the write changed.
 */
async function snapshotOf<Value>(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Map<string, Value | undefined | Error>> {
  for (let tries = 0; tries < SNAPSHOT_TRIES; tries += 1) {
    const again = reads.map((read): AnyRead => ({ ...read, tick: engine.tick(), from: "primary" }));
    const entries = new Map<string, Served>();
    const values = await valuesOf<Value>(engine, again, entries);
    const all = [...entries.values()];
    const isOneLook = all.every(
      ({ lookedAt }) => lookedAt !== undefined && lookedAt === all[0]?.lookedAt,
    );
    if (isOneLook || (await areValid(engine, again, entries))) return values;
  }
  throw new CacheError(
    "store_failed",
    "no snapshot: the entries keep changing, or were not stored",
  );
}

/** True when all entries are valid in one moment, by all of their stamps. */
async function areValid(
  engine: Engine,
  reads: readonly AnyRead[],
  entries: ReadonlyMap<string, Served>,
): Promise<boolean> {
  const expected = new Map<string, string>();
  for (const read of reads) {
    const entry = entries.get(read.keys.key)?.entry;
    if (entry === undefined) continue;
    for (const [index, name] of stampNames(engine, read, entry).entries()) {
      const stamp = entry.header.stamps[index] ?? "";
      if (stamp === "" || (expected.get(name) ?? stamp) !== stamp) return false;
      expected.set(name, stamp);
    }
  }
  const [one] = reads;
  if (one === undefined || expected.size === 0) return true;
  const reply = await exchange(engine, one, (store) => store.mget([...expected.keys()], "primary"));
  return reply.ok && [...expected.values()].every((stamp, index) => reply.value[index] === stamp);
}

/** Starts a read; a key or tags that cannot be made are an Error in its place. */
export function startOr<Params, Value, Source>(
  ...args: Parameters<typeof startRead<Params, Value, Source>>
): ReadContext<Params, Value, Source> | Error {
  try {
    return startRead(...args);
  } catch (error) {
    return asError(error);
  }
}

/** One read for each key. */
export function uniqueReads(reads: readonly (AnyRead | Error)[]): AnyRead[] {
  const good = reads.filter((read): read is AnyRead => !(read instanceof Error));
  return [...new Map(good.map((read) => [read.keys.key, read])).values()];
}

/** Decoded values by key. Entries that do not fit are read again as misses: in the end what is loaded fits. */
async function valuesOf<Value>(
  engine: Engine,
  reads: readonly AnyRead[],
  entries?: Map<string, Served>,
): Promise<Map<string, Value | undefined | Error>> {
  const values = new Map<string, Value | undefined | Error>();
  const unusable: AnyRead[] = [];
  const served = await fetchInParts(engine, reads);
  let bytes = 0;
  const settled = reads.map(async (read, index) => {
    const { key } = read.keys;
    try {
      const one = await served[index]!;
      bytes += one.entry.body.length;
      const { fits, value } = await decodeServed<Value>(read.resource, one);
      if (fits) {
        values.set(key, value);
        entries?.set(key, one);
      } else unusable.push({ ...read, unusable: one.entry.id });
    } catch (error) {
      values.set(key, asError(error));
    }
  });
  await Promise.all(settled);
  const [first] = reads;
  if (first) bodyBytes.set(first.resource, bytes / reads.length);
  if (unusable.length === 0) return values;
  return new Map([...values, ...(await valuesOf<Value>(engine, unusable, entries))]);
}

/** Bodies that one look asks for, as far as that is known before: 4 MiB. More would take longer than a store may take to answer. */
const LOOKED_AT_BYTES = 4 * 1024 * 1024;

/** Average size of a resource's bodies in the last large batch. */
const bodyBytes = new WeakMap<AnyRead["resource"], number>();

/** Looks at so many entries at a time that an answer is not too large; the loads of one part go on during the next look. */
async function fetchInParts(engine: Engine, reads: readonly AnyRead[]): Promise<Promise<Served>[]> {
  const expected = bodyBytes.get(reads[0]?.resource as AnyRead["resource"]) ?? 0;
  const most = Math.max(1, Math.floor(LOOKED_AT_BYTES / Math.max(1, expected)));
  const served: Promise<Served>[] = [];
  for (const part of slices(reads, most)) {
    const fetched = await fetchAll(engine, part);
    // Each is awaited once all parts are looked at; until then a failure must not count as unhandled.
    for (const each of fetched) each.catch(() => undefined);
    served.push(...fetched);
  }
  return served;
}

/** Gets a value in place of an entry that is damaged or does not fit. Rejects as the loader does. */
export async function getAgain<P, V, S>(
  engine: Engine,
  read: ReadContext<P, V, S> & { readonly unusable: string },
): Promise<V | undefined> {
  const values = await valuesOf<V>(engine, [read]);
  const value = values.get(read.keys.key);
  if (value instanceof Error) throw value;
  return value;
}

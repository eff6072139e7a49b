import { withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { withoutUndefined } from "../json-value.ts";
import type { Entry } from "../protocol/entry.ts";
import { isRecorded } from "../recording/is-recorded.ts";
import { Loaded, type LoadedOptions, type PreviousEntry } from "../resource.ts";
import { checkLoaded, checkLoadedOptions } from "../value-check.ts";
import type { Engine } from "./context.ts";
import { type Effort, seenBy } from "./effort.ts";
import { inLine, insideLoad } from "./line.ts";
import type { AnyRead } from "./read-context.ts";

/** The answer of a loader whose origin says that the previous value is unchanged. */
const NOT_MODIFIED = Symbol("not modified");

/** Result of a loader. */
export interface Load extends Timed {
  /** False if the value means "not found". */
  readonly isFound: boolean;
  readonly options: LoadedOptions;
  /** False if the loader or the resource excludes the value from storage, or if the value cannot be stored. */
  readonly keep: boolean;
  /** The entry whose value the loader has confirmed. */
  readonly unchanged: Entry | null;
}

interface Timed {
  readonly value: unknown;
  readonly startMs: number;
  readonly loadMs: number;
}

/** Weight of the newest load in the smoothed load time. */
const COST_WEIGHT = 0.3;

/** A load was abandoned early, because its reader has a stale value to serve. */
export class SoftTimeout extends CacheError {}

/**
 * Starts the loads of a group: one bulk load for bulk reads of a resource with `loadMany`, unless its loads are
 * recorded. Each entry has its own promise. `isBounded` makes the loads wait in line: without leases nothing else
 * limits concurrent loads.
 */
export function startLoads(
  engine: Engine,
  efforts: readonly Effort[],
  { isBounded }: { isBounded: boolean },
): Promise<Load>[] {
  const [one] = efforts;
  if (one === undefined) return [];
  const { loadMany } = one.read.resource;
  const run: typeof inLine = isBounded ? inLine : (_engine, _reads, work) => work();
  const loads =
    loadMany && one.read.isBulk && !isRecorded(one.read.keys)
      ? bulkLoad(engine, efforts, loadMany, run)
      : efforts.map((effort) =>
          run(engine, [effort.read], () => singleLoad(engine, effort, isBounded)),
        );
  // Each is awaited by its own effort; until then a failure must not count as unhandled.
  for (const load of loads) load.catch(() => undefined);
  return loads;
}

async function singleLoad(engine: Engine, effort: Effort, isBounded: boolean): Promise<Load> {
  const { read, fallback } = effort;
  const { resource, params, source } = read;
  const limit = limitOf(read, !isBounded && fallback?.refreshing === true);
  const previous = seenBy(effort);
  const load = await timed(engine, read, limit, async (signal) => {
    if (isRecorded(read.keys)) {
      const { recordedLoad } = await import("../recording/recorded-load.ts");
      return recordedLoad(engine, effort, (reads) =>
        resource.load(params, source, { signal, reads }),
      );
    }
    return resource.load(params, source, {
      signal,
      previous: previous ? previousEntry(engine, read, previous) : undefined,
    });
  });
  return toLoad(read, load, previous);
}

function previousEntry({ clock }: Engine, read: AnyRead, entry: Entry): PreviousEntry {
  const { etag, validator, headers, createdMs } = entry.header;
  const ageMs = clock.now() - createdMs;
  const value = async () =>
    entry.header.status === 404
      ? undefined
      : (await import("./checked-value.ts")).valueOf(read, { entry });
  return { etag, validator: validator ?? undefined, headers, ageMs, value, notModified };
}

function notModified(): never {
  return NOT_MODIFIED as never;
}

/** One load for all. A reader with a stale value to serve stops waiting at its soft limit. */
function bulkLoad(
  engine: Engine,
  efforts: readonly Effort[],
  loadMany: NonNullable<AnyRead["resource"]["loadMany"]>,
  run: typeof inLine,
): Promise<Load>[] {
  const reads = efforts.map(({ read }) => read) as [AnyRead, ...AnyRead[]];
  const [one] = reads;
  const params = reads.map((read) => read.params);
  const loading = run(engine, reads, async () => {
    const limit = limitOf(
      one,
      efforts.every(({ fallback }) => fallback?.refreshing),
    );
    const load = await timed(engine, one, limit, async (signal) =>
      loadMany(params, one.source, { signal }),
    );
    const values = load.value as readonly unknown[];
    if (values.length === efforts.length) return { ...load, values };
    const { name } = one.resource;
    throw new CacheError(
      "load_failed",
      `${name}: loadMany answered ${values.length} of ${efforts.length}`,
    );
  });
  return efforts.map(async ({ read, fallback }, index) => {
    const limit = limitOf(read, fallback?.refreshing === true);
    const late = () => lateError(read, limit);
    const load = await (limit.isSoft
      ? withDeadline(engine.clock, limit.ms, loading, late)
      : loading);
    const value = load.values[index];
    if (value instanceof Error) throw value;
    return toLoad(read, { ...load, value }, null);
  });
}

interface Limit {
  readonly ms: number;
  readonly isSoft: boolean;
}

/** Time limit of a load: the least of its hard limit, the request's remaining time and, with a fallback, its soft limit. */
function limitOf({ resource, budget }: AnyRead, hasFallback: boolean): Limit {
  const hardMs = Math.min(resource.hardTimeoutMs, budget.leftMs());
  const isSoft = hasFallback && resource.softTimeoutMs < hardMs;
  return { ms: isSoft ? resource.softTimeoutMs : hardMs, isSoft };
}

function lateError({ keys }: AnyRead, { ms, isSoft }: Limit): CacheError {
  const message = `${keys.key}: no value within ${Math.round(ms)} ms`;
  return new (isSoft ? SoftTimeout : CacheError)("load_timeout", message);
}

/** Calls a loader: limits and measures its time, aborts its signal if it is late or fails, emits the event. */
async function timed(
  engine: Engine,
  read: AnyRead,
  limit: Limit,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<Timed> {
  const { clock, costs } = engine;
  const { name: resource } = read.resource;
  const { key } = read.keys;
  const startMs = clock.now();
  const controller = new AbortController();
  const report = (outcome: "found" | "not-found" | "failed") =>
    emit(() => ({ type: "load", resource, key, loadMs: clock.now() - startMs, outcome }));
  try {
    const late = () => lateError(read, limit);
    const calling = insideLoad(() => call(controller.signal));
    const value = await withDeadline(clock, limit.ms, calling, late);
    report(read.resource.isNotFound(value) ? "not-found" : "found");
    const loadMs = clock.now() - startMs;
    // After a clock was set or a process was frozen, the measured time says nothing about the next load.
    const sampleMs = Math.min(Math.max(loadMs, 0), read.resource.hardTimeoutMs);
    const known = costs.get(resource) ?? sampleMs;
    costs.set(resource, known + COST_WEIGHT * (sampleMs - known));
    return { value, startMs, loadMs };
  } catch (error) {
    controller.abort(error);
    report("failed");
    throw error;
  }
}

/** A load whose value did not come from a loader. */
export function createLoad(read: AnyRead, made: Timed): Promise<Load> {
  return toLoad(read, made, null);
}

/**
 * Reads a loader's result: a plain value, a `Loaded` or "not modified". Rejects if the resource's schema refuses the
 * value.
 */
async function toLoad(
  { resource, keys }: AnyRead,
  load: Timed,
  previous: Entry | null,
): Promise<Load> {
  if (load.value === NOT_MODIFIED) {
    if (previous === null)
      throw new CacheError(
        "load_failed",
        `${keys.key}: "not modified", but there is no previous value`,
      );
    const isFound = previous.header.status === 200;
    return { ...load, isFound, options: {}, keep: true, unchanged: previous };
  }
  const loaded = load.value instanceof Loaded ? load.value : new Loaded(load.value);
  const { options } = loaded;
  checkLoadedOptions(resource.name, options);
  const value = resource.serializer ? loaded.value : withoutUndefined(loaded.value);
  const isFound = !resource.isNotFound(value);
  if (isFound) await checkLoaded(resource, value);
  const keep = options.store !== false && (isFound || resource.negativeMs > 0);
  return { ...load, value, isFound, options, keep, unchanged: null };
}

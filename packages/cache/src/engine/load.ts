import { withDeadline } from "../clock.ts";
import { encodeBody, type EncodedBody, looseText } from "../encode.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import type { Entry, EntryHeader } from "../protocol/entry.ts";
import { withoutUndefined } from "../json-value.ts";
import { Loaded } from "../resource.ts";
import { checkLoaded, warnOfUnstorable } from "../value-check.ts";
import type { Engine } from "./context.ts";
import type { Effort } from "./effort.ts";
import { asError } from "./exchange.ts";
import type { AnyRead } from "./read-context.ts";

/** What a loader answered. */
export interface Load {
  readonly value: unknown;
  /** False when it says "not found". */
  readonly isFound: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** False when the loader or the resource says that this is not to be kept. */
  readonly keep: boolean;
  readonly startMs: number;
  readonly loadMs: number;
}

/** Weight of the newest load in the smoothed load time. */
const COST_WEIGHT = 0.3;

/** A load was given up early, because its reader has a stale value to serve. */
export class SoftTimeout extends CacheError {}

/**
 * Starts the loads of a group, with one bulk load where the resource has one; each has its own promise. Without leases
 * nothing else bounds how many loads run at a time, so they wait in line.
 */
export function startLoads(
  engine: Engine,
  efforts: readonly Effort[],
  { leased }: { leased: boolean },
): Promise<Load>[] {
  const [one] = efforts;
  if (one === undefined) return [];
  const { loadMany } = one.read.resource;
  const run: typeof inLine = leased ? (_engine, _read, work) => work() : inLine;
  const loads =
    loadMany && one.read.isBulk
      ? bulkLoad(engine, efforts, loadMany, run)
      : efforts.map(({ read, fallback }) =>
          run(engine, read, () => {
            const limit = limitOf(read, fallback?.refreshing === true);
            const { resource, params, source } = read;
            return timed(engine, read, limit, async (signal) =>
              resource.load(params, source, { signal }),
            ).then((load) => toLoad(read, load.value, load));
          }),
        );
  // Each is awaited by its own effort; until then a failure must not count as unhandled.
  for (const load of loads) load.catch(() => undefined);
  return loads;
}

/** One load for all. A reader that has a stale value to serve stops waiting for it at its soft limit. */
function bulkLoad(
  engine: Engine,
  efforts: readonly Effort[],
  loadMany: NonNullable<AnyRead["resource"]["loadMany"]>,
  run: typeof inLine,
): Promise<Load>[] {
  const { read: one } = efforts[0] as Effort;
  const params = efforts.map(({ read }) => read.params);
  const loading = run(engine, one, async () => {
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
    return toLoad(read, value, load);
  });
}

interface Limit {
  readonly ms: number;
  readonly isSoft: boolean;
}

/** How long a load may take: its hard limit, what the request has left, and its soft limit where a stale value can stand in. */
function limitOf({ resource, budget }: AnyRead, hasFallback: boolean): Limit {
  const hardMs = Math.min(resource.hardTimeoutMs, budget.leftMs());
  const isSoft = hasFallback && resource.softTimeoutMs < hardMs;
  return { ms: isSoft ? resource.softTimeoutMs : hardMs, isSoft };
}

function lateError({ keys }: AnyRead, { ms, isSoft }: Limit): CacheError {
  const message = `${keys.key}: no value within ${Math.round(ms)} ms`;
  return new (isSoft ? SoftTimeout : CacheError)("load_timeout", message);
}

/** The frame of every load: time limit, abort, measure, report. */
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
    const value = await withDeadline(clock, limit.ms, call(controller.signal), late);
    report(read.resource.isNotFound(value) ? "not-found" : "found");
    const loadMs = clock.now() - startMs;
    const known = costs.get(resource) ?? loadMs;
    costs.set(resource, known + COST_WEIGHT * (loadMs - known));
    return { value, startMs, loadMs };
  } catch (error) {
    controller.abort(error);
    report("failed");
    throw error;
  }
}

interface Timed {
  readonly value: unknown;
  readonly startMs: number;
  readonly loadMs: number;
}

/** Runs loads that no lease holds back, a bounded number at a time: without the store they would all come at once. */
function inLine<T>({ gate }: Engine, { keys, budget }: AnyRead, run: () => Promise<T>): Promise<T> {
  const late = () =>
    new CacheError("load_timeout", `${keys.key}: too many loads at once without the store`);
  return gate.run(run, budget.leftMs(), late);
}

/** Reads a loader's answer, a plain value or a `Loaded`. Rejects when the resource's schema refuses the value. */
async function toLoad(
  { resource }: AnyRead,
  result: unknown,
  { startMs, loadMs }: Timed,
): Promise<Load> {
  const loaded = result instanceof Loaded ? result : new Loaded(result);
  const { headers, store } = loaded;
  const value = withoutUndefined(loaded.value);
  const isFound = !resource.isNotFound(value);
  if (isFound) await checkLoaded(resource, value);
  return {
    value,
    isFound,
    headers,
    keep: store && (isFound || resource.negativeMs > 0),
    startMs,
    loadMs,
  };
}

/**
 * Makes the entry of a load, with the stamps that were in force before it began. A value that cannot be stored goes to its
 * reader alone.
 */
export async function toEntry(
  engine: Engine,
  read: AnyRead,
  loaded: Load,
  stamps: string[],
): Promise<{ load: Load; entry: Entry }> {
  const { resource } = read;
  let made = loaded;
  let body: EncodedBody = { body: "", coding: "identity", kind: "json", etag: "-" };
  try {
    if (made.value !== undefined) body = await encodeBody(made.value, resource);
  } catch (error) {
    reportUnstorable(read, asError(error));
    made = { ...loaded, keep: false };
    body = { ...body, body: looseText(made.value) };
  }
  const { settlingMs, random } = engine;
  const { freshMs, staleMs, errorMs } = engine.policy.lifetime(resource, {
    found: made.isFound,
    stamps,
    loadStartMs: made.startMs,
    settlingMs,
    random: random(),
  });
  // From the end of its own load: in a batch, the slowest one may hold up the others' entries.
  const freshUntilMs = made.startMs + made.loadMs + freshMs;
  const header: EntryHeader = {
    fingerprint: resource.fingerprint,
    createdMs: made.startMs,
    freshUntilMs,
    staleUntilMs: freshUntilMs + staleMs,
    errorUntilMs: freshUntilMs + errorMs,
    loadMs: made.loadMs,
    stamps,
    status: made.isFound ? 200 : 404,
    etag: body.etag,
    coding: body.coding,
    kind: body.kind,
    headers: { ...made.headers },
  };
  return { load: made, entry: { id: engine.token(), header, body: body.body } };
}

function reportUnstorable({ resource, keys }: AnyRead, error: Error): void {
  emit(() => ({ type: "fill-failed", resource: resource.name, key: keys.key, error }));
  warnOfUnstorable(resource.name, error);
}

import { withDeadline } from "./clock.ts";
import { encodeBody } from "./encode.ts";
import type { Engine } from "./engine.ts";
import type { Entry, EntryHeader } from "./entry.ts";
import { CacheError } from "./errors.ts";
import { emit } from "./events.ts";
import type { AnyAsk } from "./lookup.ts";
import { Loaded } from "./resource.ts";

/** What a loader answered; `value` undefined means "not found". */
export interface Load {
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** False when the loader or the resource says that this is not to be kept. */
  readonly keep: boolean;
  readonly startMs: number;
  readonly loadMs: number;
}

/** Weight of the newest load in the smoothed load time. */
const COST_WEIGHT = 0.3;

/** Calls the loader, at most for `limitMs`; a load that takes longer is aborted and fails with `load_timeout`. */
export async function load(engine: Engine, ask: AnyAsk, limitMs: number): Promise<Load> {
  const { resource, params, source } = ask;
  return timed(engine, ask, limitMs, async (signal) => resource.load(params, source, { signal }));
}

/** The frame of every load: time limit, abort, measure, report. */
export async function timed(
  engine: Engine,
  { resource, place }: Pick<AnyAsk, "resource" | "place">,
  limitMs: number,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<Load> {
  const { clock } = engine;
  const startMs = clock.now();
  const controller = new AbortController();
  const report = (outcome: "found" | "not-found" | "failed") =>
    emit(() => ({
      type: "load",
      resource: resource.name,
      key: place.key,
      loadMs: clock.now() - startMs,
      outcome,
    }));
  try {
    const late = () =>
      new CacheError("load_timeout", `${place.key}: no value within ${Math.round(limitMs)} ms`);
    const result = await withDeadline(clock, limitMs, call(controller.signal), late);
    report(result === undefined ? "not-found" : "found");
    const loadMs = clock.now() - startMs;
    const known = engine.costs.get(resource.name) ?? loadMs;
    engine.costs.set(resource.name, known + COST_WEIGHT * (loadMs - known));
    return toLoad(result, { startMs, loadMs, keepsNotFound: resource.negativeMs > 0 });
  } catch (error) {
    controller.abort(error);
    report("failed");
    throw error;
  }
}

/** Runs loads that no lease holds back, a bounded number at a time: without the store they would all come at once. */
export function inLine<T>(
  { gate }: Engine,
  { place, budget }: AnyAsk,
  run: () => Promise<T>,
): Promise<T> {
  const late = () =>
    new CacheError("load_timeout", `${place.key}: too many loads at once without the store`);
  return gate.run(run, budget.leftMs(), late);
}

/** Reads a loader's answer: a plain value, a `Loaded`, or undefined. */
export function toLoad(
  result: unknown,
  { startMs, loadMs, keepsNotFound }: { startMs: number; loadMs: number; keepsNotFound: boolean },
): Load {
  const { value, headers, store } = result instanceof Loaded ? result : new Loaded(result);
  return { value, headers, keep: store && (value !== undefined || keepsNotFound), startMs, loadMs };
}

/** Makes the entry of a load, with the stamps that were in force before it began. */
export async function toEntry(
  engine: Engine,
  { resource }: AnyAsk,
  made: Load,
  stamps: string[],
): Promise<Entry> {
  const found = made.value !== undefined;
  const body = found
    ? await encodeBody(made.value, { compress: resource.compress })
    : { body: "null", coding: "identity" as const, kind: "json" as const, etag: "-" };
  const { settlingMs, random } = engine;
  const { freshMs, staleMs, errorMs } = engine.policy.lifetime(resource, {
    found,
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
    status: found ? 200 : 404,
    etag: body.etag,
    coding: body.coding,
    kind: body.kind,
    headers: { ...made.headers },
  };
  return { id: engine.token(), header, body: body.body };
}

import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { OVER_BUDGET_MS } from "../protocol/byte-budget.ts";
import type { Entry } from "../protocol/entry.ts";
import type { CommitResult, Outcome } from "../store.ts";
import type { Engine } from "./context.ts";
import { uniqueName } from "./unique-name.ts";
import { createEffort, type Effort, type Leased, seenBy } from "./effort.ts";
import { exchange, type Sent } from "./exchange.ts";
import { commitRequest, entryTags, restOf } from "./fence.ts";
import { type Load, SoftTimeout, startLoads } from "./load.ts";
import { toEntry } from "./make-entry.ts";
import type { AnyRead } from "./read-context.ts";
import { serveFallback } from "./serve-stale.ts";
import { rememberTags } from "./value-tags.ts";
import type { ReadDetail, Served } from "./served.ts";

/** Pause after a failed load while an old value can be served: 2 s without another attempt. */
const ERROR_BACKOFF_MS = 2_000;

/** A value that was loaded, and the entry made of it. */
interface Loaded<E extends Effort = Effort> {
  readonly effort: E;
  readonly load: Load;
  readonly entry: Entry;
  readonly loadTick: number;
}

/** A loaded value, encoded for its commit. */
interface Encoded extends Loaded<Leased> {
  /** Text of the entry after its stamps. */
  readonly rest: string;
}

/**
 * Loads a group of entries under their leases, by one bulk load where possible, and stores in one batch those that were
 * not invalidated meanwhile. Settles every effort, and never rejects.
 */
export async function loadAndCommit(engine: Engine, efforts: readonly Leased[]): Promise<void> {
  const loadTick = engine.tick();
  const loads = startLoads(engine, efforts, { isBounded: false });
  const loaded = await Promise.all(
    efforts.map(async (effort, index) => {
      try {
        const load = await (loads[index] as Promise<Load>);
        return await withEntry(engine, { effort, load, loadTick });
      } catch (error) {
        effort.settle(serveFailed(engine, effort, error));
        return null;
      }
    }),
  );
  await commitAll(
    engine,
    loaded.filter((each) => each !== null),
  );
}

/** Makes the entry; null if that fails, which fails only its own effort. */
async function withEntry(
  engine: Engine,
  { effort, load, loadTick }: Omit<Loaded<Leased>, "entry">,
): Promise<Encoded | null> {
  try {
    const tags = entryTags(engine, effort, load);
    const made = await toEntry(engine, effort.read, load, { ...tags, previous: seenBy(effort) });
    return { effort, ...made, rest: restOf(load, made.entry), loadTick };
  } catch (error) {
    await release(engine, effort, 0);
    effort.fail(error);
    return null;
  }
}

/**
 * Loads without leases: the store is unreachable, other reads' loads gave no result in time, or the cache is bypassed.
 * The number of concurrent loads is limited, except in the last case.
 */
export function loadUnleased(
  engine: Engine,
  efforts: readonly Effort[],
  detail: ReadDetail,
  { isBounded = true } = {},
): void {
  const open = efforts.filter(({ read, fallback, settle }) => {
    if (fallback?.refreshing) settle(serveFallback(engine, read, fallback, "refreshing"));
    return !fallback?.refreshing;
  });
  const loadTick = engine.tick();
  const loads = startLoads(engine, open, { isBounded });
  for (const [index, effort] of open.entries())
    effort.settle(
      serveUnleased(engine, effort, loads[index] as Promise<Load>, { loadTick, detail }),
    );
}

async function serveUnleased(
  engine: Engine,
  effort: Effort,
  loading: Promise<Load>,
  { loadTick, detail }: { loadTick: number; detail: ReadDetail },
): Promise<Served> {
  const { read, fallback } = effort;
  try {
    const load = await loading;
    const made = await toEntry(engine, read, load, entryTags(engine, effort, load));
    return serveUncached({ effort, ...made, loadTick }, "bypass", detail);
  } catch (error) {
    if (fallback === null) throw error;
    return serveFallback(engine, read, fallback, "load-failed");
  }
}

/** Loads past the store: neither reads nor stores entries. */
export function loadApart(
  engine: Engine,
  reads: readonly AnyRead[],
  detail: ReadDetail,
  options?: { isBounded: boolean },
): Promise<Served>[] {
  const look = { state: "down", pending: false } as const;
  const efforts = reads.map((read) => createEffort({ read, look, closedMs: null }));
  loadUnleased(engine, efforts, detail, options);
  return efforts.map(({ served }) => served);
}

/** Asks the store to store entries; values that it refuses or fails to store are still good for their readers. */
async function commitAll(engine: Engine, loaded: readonly Encoded[]): Promise<void> {
  for (const each of loaded)
    if (!each.load.keep) each.effort.settle(replaceByNothing(engine, each));
  const kept = loaded.filter(({ load }) => load.keep);
  const [one] = kept;
  if (one === undefined) return;
  const requests = kept.map(({ effort, load, ...encoded }) =>
    commitRequest(engine, effort, load, encoded),
  );
  const batch = { ...uniqueName(engine), requests };
  const reply = await exchange(engine, one.effort.read, (store) => store.commit(batch));
  const outcomes = kept.map((_, index): Outcome<CommitResult> => {
    if (!reply.ok) return reply;
    return reply.value[index] ?? { ok: false, error: new CacheError("store_failed", "no answer") };
  });
  // A store that took none of several entries is spared a request for the release of each lease.
  const isStoreUp = kept.length === 1 || outcomes.some(({ ok }) => ok);
  for (const [index, each] of kept.entries()) {
    const outcome = outcomes[index] as Outcome<CommitResult>;
    each.effort.settle(
      outcome.ok
        ? serveCommitted(engine, each, outcome.value, reply.sent)
        : serveUnkept(engine, each, outcome.error, isStoreUp),
    );
  }
}

/** Serves what was loaded, depending on the outcome of its commit. */
function serveCommitted(
  engine: Engine,
  loaded: Loaded,
  { state, stamps }: CommitResult,
  sent: Sent,
): Served {
  const { effort, load } = loaded;
  const { resource, keys } = effort.read;
  const { key } = keys;
  if (state === "refused" || state === "unfenced" || state === "outdated") {
    const why = state === "unfenced" ? state : "refused";
    emit(() => ({ type: "fill-refused", resource: resource.name, key, why }));
    return serveUncached(loaded, "miss", why === "refused" ? "fill-refused" : why);
  }
  const isOver = state === "over-budget";
  const ends = isOver ? endingBy(loaded.entry, sent.atMs + OVER_BUDGET_MS) : {};
  const entry = { ...loaded.entry, header: { ...loaded.entry.header, ...ends, stamps } };
  const { valueTags } = entry.header;
  if (valueTags.length > 0) rememberTags(engine, effort.read, valueTags);
  if (resource.l1TrustMs !== null) engine.l1.held?.put(key, entry, sent);
  const bytes = entry.body.length;
  const freshMs = entry.header.freshUntilMs - sent.atMs;
  emit(() => ({ type: "filled", resource: resource.name, key, bytes, freshMs }));
  const common = { stored: true, collapsed: false, entry, ...loadedBy(load) };
  const detail = isOver ? { detail: "over-budget" as const } : {};
  return { ...common, ...detail, status: "miss", asOf: sent.tick };
}

/** The lifetimes of an entry that the store deletes at `endMs`. */
function endingBy({ header }: Entry, endMs: number) {
  const freshUntilMs = Math.min(header.freshUntilMs, endMs);
  const staleUntilMs = Math.min(header.staleUntilMs, endMs);
  return { freshUntilMs, staleUntilMs, errorUntilMs: Math.min(header.errorUntilMs, endMs) };
}

/**
 * Serves an entry that the store failed to store, because it is too large for instance. If the store is up, releases
 * the lease, so that no reader waits for it.
 */
async function serveUnkept(
  engine: Engine,
  loaded: Loaded<Leased>,
  error: Error,
  isStoreUp: boolean,
): Promise<Served> {
  const { resource, keys } = loaded.effort.read;
  emit(() => ({ type: "fill-failed", resource: resource.name, key: keys.key, error }));
  if (isStoreUp) await release(engine, loaded.effort, 0);
  return serveUncached(loaded, "miss", "store-unreachable");
}

function serveUncached(
  { load, entry, loadTick }: Loaded,
  status: "miss" | "bypass",
  detail: ReadDetail,
): Served {
  const common = { stored: false, collapsed: false, entry, ...loadedBy(load) };
  return { ...common, status, detail, asOf: loadTick };
}

/** The value itself, so that it need not be decoded; not for a load that kept the previous value. */
function loadedBy({ value, loadMs, unchanged }: Load): Pick<Served, "loaded" | "loadMs"> {
  return unchanged ? { loadMs } : { loaded: { value }, loadMs };
}

/**
 * Serves the fallback of a failed load, and puts the lease into back-off so that readers do not all retry at once. Without
 * a fallback, releases the lease and rejects.
 */
async function serveFailed(engine: Engine, effort: Leased, error: unknown): Promise<Served> {
  const { read, fallback, lease } = effort;
  await release(engine, effort, fallback ? ERROR_BACKOFF_MS : 0);
  if (fallback === null) throw error;
  const why = error instanceof SoftTimeout ? "soft-timeout" : "load-failed";
  // The fallback was valid when the lease was granted: reads that had begun by then may share it.
  return serveFallback(engine, read, fallback, why, lease.sent.tick);
}

/** Ends a load whose value is not to be stored. Deletes an old entry that could be a later fallback: it is outdated. */
async function replaceByNothing(engine: Engine, loaded: Loaded<Leased>): Promise<Served> {
  const { effort } = loaded;
  const { entryKey, leaseKey } = effort.read.keys;
  if (effort.fallback === null) await release(engine, effort, 0);
  else await exchange(engine, effort.read, (store) => store.delete([entryKey, leaseKey]));
  return serveUncached(loaded, "miss", "not-stored");
}

/** Releases a lease; if that fails, it expires. */
async function release(engine: Engine, { read, lease }: Leased, backoffMs: number): Promise<void> {
  const { leaseKey } = read.keys;
  const { token } = lease;
  await exchange(engine, read, (store) => store.release({ leaseKey, token, backoffMs }));
}

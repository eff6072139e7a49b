import { emit } from "../events.ts";
import type { Entry } from "../protocol/entry.ts";
import { BACKOFF } from "../store.ts";
import type { Engine } from "./context.ts";
import { type Effort, learn } from "./effort.ts";
import { requestLeases } from "./lease.ts";
import { loadAfterWaiting } from "./load-after-waiting.ts";
import { loadAndCommit, loadUnleased } from "./load-and-commit.ts";
import { lookUp } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import { deadline, waitLimitMs } from "./time-limits.ts";
import { serveFallback } from "./serve-stale.ts";
import type { Served } from "./served.ts";

/**
 * Pauses between two looks while another instance loads: at first half the usual load time, then growing, within these
 * bounds. Jitter then multiplies each pause by 0.5 to 1.5.
 */
const POLL_MIN_MS = 5;
const POLL_MAX_MS = 500;
const POLL_GROWTH = 1.5;

/**
 * Obtains the values of a group of entries: requests their leases, loads those that are granted, and waits for the
 * instances that hold the others. A read with a stale entry does not wait: without the lease, it serves that entry at once.
 * Settles every effort, and never rejects.
 */
export async function pursue(engine: Engine, efforts: readonly Effort[]): Promise<void> {
  try {
    await pursueAll(engine, efforts);
  } catch (error) {
    for (const { fail } of efforts) fail(error);
  }
}

async function pursueAll(engine: Engine, efforts: readonly Effort[]): Promise<void> {
  const [one] = efforts;
  if (one === undefined) return;
  const waited = await waitFor(engine, await acquire(engine, efforts));
  loadAfterWaiting(engine, waited.busy);
  // Waits once more: the first holder's lease ended without a value, and the present holder has not had the lease for
  // long.
  const { busy, passedOn } = await waitFor(engine, waited.passedOn);
  loadAfterWaiting(engine, [...busy, ...passedOn]);
}

/** Efforts that have waited without a result. */
interface Waited {
  readonly busy: Effort[];
  /** Other instances have taken their leases meanwhile. */
  readonly passedOn: Effort[];
}

/** Waits for the instances that hold the leases. */
async function waitFor(engine: Engine, efforts: readonly Effort[]): Promise<Waited> {
  const [one] = efforts;
  if (one === undefined) return { busy: [], passedOn: [] };
  const waiting = deadline(engine.clock, waitLimitMs(engine, one.read));
  let pauseMs = withinPauses((engine.costs.get(one.read.resource.name) ?? 0) / 2);
  let held = [...efforts];
  // The last look comes after the time is over: a function that was frozen meanwhile finds what others have stored.
  for (let isLast = false; held.length > 0 && !isLast;) {
    isLast = waiting.leftMs() === 0;
    await engine.clock.sleep(Math.min(pauseMs * (0.5 + engine.random()), waiting.leftMs()));
    // The pause grows from one look to the next, even if a lagging replica shows no lease in between.
    pauseMs = withinPauses(pauseMs * POLL_GROWTH);
    held = await lookAgain(engine, held);
  }
  const isPassedOn = ({ holders }: Effort) => holders.size > 1;
  return { busy: held.filter((each) => !isPassedOn(each)), passedOn: held.filter(isPassedOn) };
}

function withinPauses(ms: number): number {
  return Math.min(Math.max(ms, POLL_MIN_MS), POLL_MAX_MS);
}

/** Requests the leases, starts the loads whose leases are granted, and returns the efforts that have to wait. */
async function acquire(
  engine: Engine,
  efforts: readonly Effort[],
  isAgain = false,
): Promise<Effort[]> {
  const { granted, superseded, held, unknown, sent } = await requestLeases(engine, efforts);
  void loadAndCommit(engine, granted);
  loadUnleased(engine, unknown, "store-unreachable");
  const outdated: Effort[] = [];
  for (const effort of superseded) {
    if (effort.look.state === "fresh" && sent)
      effort.settle(serveStored(engine, effort.read, effort.look.entry, sent.tick));
    else if (!servedAsDenied(engine, effort)) outdated.push(effort);
  }
  const waiting = held.filter((effort) => !servedAsDenied(engine, effort));
  // A newer entry that cannot be served either may have a free lease, which is requested once.
  if (isAgain || outdated.length === 0) return [...outdated, ...waiting];
  return [...waiting, ...(await acquire(engine, outdated, true))];
}

/** Serves a stale entry whose lease was denied; false if there is none. */
function servedAsDenied(engine: Engine, { read, fallback, settle }: Effort): boolean {
  const { resource, keys } = read;
  emit(() => ({ type: "lease-denied", resource: resource.name, key: keys.key }));
  if (!fallback?.refreshing) return false;
  settle(serveFallback(engine, read, fallback, "refreshing"));
  return true;
}

/**
 * Serves what the lease holders have stored meanwhile and requests the leases that are free; returns the efforts whose
 * entries others are still loading.
 */
async function lookAgain(engine: Engine, efforts: readonly Effort[]): Promise<Effort[]> {
  const reads = efforts.map(({ read }) => read);
  const found = await lookUp(engine, reads, { leases: true });
  const busy: Effort[] = [];
  const free: Effort[] = [];
  for (const [index, each] of found.entries()) {
    const { look, lease, sent } = each;
    const effort = efforts[index] as Effort;
    learn(effort, each);
    effort.holders.add(lease);
    const { read, fallback, settle } = effort;
    if (look.state === "fresh") settle(serveStored(engine, read, look.entry, sent.tick));
    else if (lease === BACKOFF && fallback)
      settle(serveFallback(engine, read, fallback, "load-failed"));
    else if (lease === null) free.push(effort);
    else busy.push(effort);
  }
  return [...busy, ...(await acquire(engine, free))];
}

/**
 * Serves what another instance has stored. The process keeps it as not validated: the next read of it requests its
 * stamps.
 */
function serveStored(
  { l1 }: Engine,
  { resource, keys }: AnyRead,
  entry: Entry,
  asOf: number,
): Served {
  emit(() => ({ type: "collapsed", resource: resource.name, key: keys.key, where: "fleet" }));
  if (resource.l1TrustMs !== null) l1.held?.put(keys.key, entry);
  return { status: "hit", stored: false, collapsed: true, entry, asOf };
}

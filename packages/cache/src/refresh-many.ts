import { type Licensed, loadGroup, type Member } from "./batch-load.ts";
import { asError, leaseAll, lookUpAll } from "./batch-store.ts";
import { type Duration, toMs } from "./duration.ts";
import type { Engine } from "./engine.ts";
import { CacheError } from "./errors.ts";
import { fly } from "./fill.ts";
import { type Look, standInOf } from "./lookup.ts";
import { begin, type ReadRequest } from "./read.ts";
import { isDue, type RefreshResult, resultOf } from "./refresh.ts";
import type { Resource } from "./resource.ts";
import { slices } from "./slices.ts";

/** Entries that one look asks for: 50, since their bodies come along. */
const LOOKED_AT_ONCE = 50;

export interface RefreshManyRequest<Source> extends ReadRequest<Source> {
  /**
   * An entry with less than this left is loaded already now: the time until somebody comes by again. Never more than half
   * of the resource's `fresh`, so that what has just been loaded is left alone. Default: as for reads.
   */
  ahead?: Duration;
  /** Entries loaded at a time: one request for their leases, one bulk load, one request that stores them. Default 100. */
  atOnce?: number;
  /** Tells what would be loaded (`due`), and loads nothing. */
  dryRun?: boolean;
  /** Told, after each step that dealt with some, how many of the entries are dealt with. */
  onProgress?: (done: number) => void;
}

/** As of one refresh; `due` in a dry run; `left` when the time was over first; an Error where a load failed. */
export type RefreshManyResult = RefreshResult | "due" | "left" | Error;

/** Refreshes what is due of many entries, what is missing or ends first before the rest; a store that is down loads nothing. */
export async function refreshMany<P, V, S>(
  engine: Engine,
  resource: Resource<P, V, S>,
  params: readonly P[],
  request: RefreshManyRequest<S>,
): Promise<RefreshManyResult[]> {
  const { ahead = "0 seconds", atOnce = 100, dryRun = false, onProgress } = request;
  if (!(atOnce >= 1)) throw new RangeError(`atOnce is ${atOnce}: load at least 1 entry at a time`);
  const aheadMs = Math.min(toMs(ahead), resource.freshMs / 2);
  const results = new Map<string, RefreshManyResult>();
  const set = (key: string, result: RefreshManyResult) => results.set(key, result);
  const asks = params.map((each) => begin(engine, resource, each, request));
  const unique = [...new Map(asks.map((ask) => [ask.place.key, ask])).values()];
  const leftMs = () => unique[0]?.budget.leftMs() ?? 0;
  let told = 0;
  const report = () => {
    if (results.size > told) onProgress?.((told = results.size));
  };

  const due: Due[] = [];
  for (const some of slices(unique, LOOKED_AT_ONCE)) {
    const looks = leftMs() > 0 ? await lookUpAll(engine, some) : [];
    for (const { ask, look } of looks) {
      if (look.state === "down") set(ask.place.key, leftMs() > 0 ? storeDown() : "left");
      else if (!isDue(engine, look, aheadMs)) set(ask.place.key, "skipped");
      else if (dryRun) set(ask.place.key, "due");
      else due.push({ ask, look, standIn: standInOf(look), endMs: endOf(look) });
    }
    report();
  }
  for (const some of slices(due.toSorted(byEnd), atOnce)) {
    // A load that is not expected to come to its end is not begun: it would be work for nothing.
    if (leftMs() <= (engine.costs.get(resource.name) ?? 0)) break;
    for (const [key, result] of await refreshSome(engine, some)) set(key, result);
    report();
  }
  return asks.map(({ place }) => results.get(place.key) ?? "left");
}

type Due = Member & { readonly endMs: number };

/** Loads those that this process gets the leases of, all of which are granted before the load begins. */
async function refreshSome(
  engine: Engine,
  members: readonly Member[],
): Promise<Map<string, RefreshManyResult>> {
  const results = new Map<string, RefreshManyResult>(
    members.map(({ ask }) => [ask.place.key, "busy"]),
  );
  const free = members.filter(({ ask }) => !engine.flights.has(ask.place.key));
  const { granted, failures } = await leaseAll(engine, free);
  for (const [key, error] of failures) results.set(key, error);
  const loads = loadGroup(engine, granted);
  const settled = granted.map(async (member) => {
    const { key } = member.ask.place;
    results.set(key, await settle(engine, member, loads));
  });
  await Promise.all(settled);
  return results;
}

async function settle(
  engine: Engine,
  { ask }: Licensed,
  loads: ReturnType<typeof loadGroup>,
): Promise<RefreshManyResult> {
  const { key } = ask.place;
  const load = loads.get(key);
  if (load === undefined) return "busy";
  try {
    return resultOf(ask, await fly(engine, key, load));
  } catch (error) {
    return asError(error);
  }
}

function storeDown(): Error {
  return new CacheError("store_failed", "the store does not answer: nothing could be kept");
}

/** Nothing there comes first; the sort keeps the order in which equals were asked for. */
const byEnd = (left: Due, right: Due): number =>
  left.endMs === right.endMs ? 0 : left.endMs - right.endMs;

function endOf(look: Look): number {
  return look.state === "miss" || look.state === "down"
    ? Number.NEGATIVE_INFINITY
    : look.entry.header.freshUntilMs;
}

import type { InvalidationRecord, LoadRecord, Moment, ReadRecord } from "./call-history.ts";
import { LIMITS } from "./cache-instance.ts";
import {
  type ModelResource,
  partsOf,
  RECORDED,
  resourceOf,
  tags,
  tagsOf,
} from "./model-resources.ts";
import { rowsOf } from "./values.ts";
import { readLagMs } from "./scenario.ts";
import type { World } from "./world.ts";

/** The oldest version of a row that a read may return, and the reason. */
export interface Floor {
  readonly row: string;
  readonly version: number;
  readonly because: string;
}

/** Lifetime in the settling window of a value whose load may have seen old data, in ms. */
const SETTLING_FRESH_MS = 1_000;

/** Largest disagreement of the clocks: only ages and windows may be off by this much. */
export function disagreementMs({ scenario }: World): number {
  const operations = scenario.actors.flatMap((actor) => actor.operations);
  return Math.max(0, ...operations.map((each) => (each.do === "jump" ? Math.abs(each.ms) : 0)));
}

/** Oldest row versions that a read may return: those announced by invalidations that had returned when it began. */
export function floors(
  world: World,
  read: ReadRecord,
  { stale, load }: { stale: boolean; load?: LoadRecord },
): readonly Floor[] {
  const resource = resourceOf(read.resource, read.instance.program);
  const highest = new Map<string, Floor>();
  for (const done of world.history.invalidations) {
    if (done.soft && stale) continue;
    const delayMs = delayOf(world, read, resource, { done, load });
    if (delayMs === null || !endedBefore(endOf(world, read, done), read, delayMs)) continue;
    for (const row of rowsMeant(resource, read.key, done)) {
      const version = done.rows[row] as number;
      if ((highest.get(row)?.version ?? 0) < version)
        highest.set(row, { row, version, because: `${done.instance.name}'s ${done.name}` });
    }
  }
  return [...highest.values()];
}

/**
 * Rows that must be as new as at an invalidation. Normally these are all rows, because the whole value is loaded again;
 * of a derived value they are the rows that were invalidated or whose entry was removed; of recorded reads they are the
 * invalidated rows, each of which has a stamp from before its own read.
 */
function rowsMeant(
  resource: ModelResource,
  key: string,
  { scope }: InvalidationRecord,
): readonly string[] {
  const rows = rowsOf(key);
  const parts = partsOf(resource, key);
  if (scope.by === "keys" && parts.length > 0)
    return rows.filter((_, index) => scope.keys.includes(parts[index] as string));
  const isOfParts = parts.length > 0 || RECORDED.includes(resource.name);
  if (scope.by !== "tags" || !isOfParts) return rows;
  return rows.filter((row) => scope.tags.includes(tags.row(row)));
}

function endedBefore(ended: Moment | undefined, { start }: ReadRecord, delayMs: number): boolean {
  if (ended === undefined || ended.order > start.order) return false;
  return delayMs === 0 || ended.ms + delayMs < start.ms;
}

/** Time from which an invalidation counts for a reader; undefined while it does not count. */
function endOf(world: World, { instance }: ReadRecord, done: InvalidationRecord) {
  const { returned, failed, scope, soft } = done;
  // A failed invalidation counts in its own process, which repeats it before it reads affected entries. Exceptions: an
  // expiry and a pattern, which may not be pending, and a lagging replica, which may show the repetition later.
  const isOwed = done.instance === instance && !soft && scope.by !== "pattern";
  return returned ?? (isOwed && readLagMs(world.scenario) === 0 ? failed : undefined);
}

/** Time for which a read may miss an invalidation, by what its resource and the store allow; null when it is not covered. */
function delayOf(
  world: World,
  read: ReadRecord,
  resource: ModelResource,
  { done, load }: { done: InvalidationRecord; load: LoadRecord | undefined },
): number | null {
  const loadCount = loadsBefore(world, read);
  const toleranceMs = toleranceOf(resource, read.key, { ...done, loadCount });
  if (toleranceMs === null) return null;
  const lagMs = readLagMs(world.scenario);
  const { l1TrustMs, consistency, hardTimeoutMs } = resource;
  const trustMs = done.instance === read.instance && lagMs === 0 ? 0 : (l1TrustMs ?? 0);
  // A write may take longer than a load between its read and its store.
  const loadMs = load?.isWrite ? LIMITS.writeMs : hardTimeoutMs;
  const healingMs = consistency === "eventual" ? LIMITS.settlingMs + loadMs + SETTLING_FRESH_MS : 0;
  const sumMs = toleranceMs + trustMs + healingMs;
  return lagMs + sumMs + (sumMs > 0 ? disagreementMs(world) : 0);
}

/** Loads of an entry that began before a read of it ended. */
function loadsBefore({ history }: World, { resource, key, end }: ReadRecord): number {
  return history.loads.filter(
    (load) =>
      load.resource === resource &&
      load.key === key &&
      (end === undefined || load.start.order < end.order),
  ).length;
}

function matches(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
}

/** Longest time that an entry may survive the invalidation: 0 when it is exact, null when the entry is out of its scope. */
function toleranceOf(
  resource: ModelResource,
  key: string,
  { scope, isAnnounced, loadCount }: InvalidationRecord & { loadCount: number },
): number | null {
  const parts = partsOf(resource, key);
  // A derived value may be as old as its parts.
  const names = [`${resource.name}:${key}`, ...parts];
  const sources = parts.length > 0 ? parts : names;
  switch (scope.by) {
    case "all":
      return 0;
    case "keys":
      return sources.some((name) => scope.keys.includes(name)) ? 0 : null;
    case "pattern":
      return names.every((name) => matches(scope.pattern, name)) ? 0 : null;
    default: {
      const met = tagsOf(resource, key)
        .map((tag) => (typeof tag === "string" ? { tag, forMs: 0, afterReloads: 0 } : tag))
        .filter(({ tag }) => scope.tags.includes(tag));
      if (met.length === 0) return null;
      // The first load is not a reload; a tag that is not hot is exact.
      const spared = met.map(({ forMs, afterReloads }) => (loadCount > afterReloads ? forMs : 0));
      return isAnnounced ? 0 : Math.min(...spared);
    }
  }
}

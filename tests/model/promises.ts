import { CacheError } from "@algoitny/cache";
import { isOutOfTime, judgeAge } from "./ages.ts";
import type { Complaint } from "./complaint.ts";
import { disagreementMs, floors } from "./floors.ts";
import type { Answer, LoadRecord, ReadRecord } from "./call-history.ts";
import { LIMITS } from "./cache-instance.ts";
import { LoadFailure } from "./loads.ts";
import { resourceOf } from "./model-resources.ts";
import { rowsOf, type Value } from "./values.ts";
import type { World } from "./world.ts";

export type Good = Extract<Answer, { ok: true }>;

/** The fault of a read's answer; undefined when it keeps every promise. */
export function judgeRead(world: World, read: ReadRecord, answer: Answer): Complaint | undefined {
  const complaint =
    judgeWait(world, read) ??
    (answer.ok ? judgeValue(world, read, answer) : judgeError(world, read, answer.error));
  if (complaint === undefined) return undefined;
  const reader = `${read.instance.name}'s read of ${read.resource}:${read.key}`;
  return { ...complaint, text: `${reader} ${complaint.text}` };
}

function judgeValue(world: World, read: ReadRecord, answer: Good): Complaint | undefined {
  if (answer.load === undefined) return judgeNothing(world, read);
  const load = world.history.loads[answer.load];
  if (load === undefined)
    return { promise: "values come back exactly", text: "gave a value that no load has made" };
  return (
    judgeIdentity(read, answer.value, load) ??
    judgeVersions(world, read, answer, load) ??
    judgeAge(world, read, answer, load)
  );
}

/** Values are returned unchanged, and only to their own readers. */
function judgeIdentity(
  read: ReadRecord,
  value: Value | undefined,
  load: LoadRecord,
): Complaint | undefined {
  const promise = "values come back exactly";
  if (load.resource !== read.resource || load.key !== read.key)
    return { promise, text: `gave the value of ${load.resource}:${load.key}` };
  const [gave, made] = [value, load.value].map((each) => JSON.stringify(each));
  if (gave !== made) return { promise, text: `gave ${gave}, but load ${load.id} made ${made}` };
  if (value && value.program !== read.instance.program && !isForBoth(read))
    return { promise, text: "gave a value of another version of the program" };
  return undefined;
}

/** True if both versions of the program define an entry in the same way. */
function isForBoth({ resource, key }: ReadRecord): boolean {
  return resource !== "versioned" && (resource !== "retagged" || rowsOf(key).length === 1);
}

/** After an invalidation has returned, no read returns a version older than the announced one. */
function judgeVersions(
  world: World,
  read: ReadRecord,
  { label }: Good,
  load: LoadRecord,
): Complaint | undefined {
  const stale = label?.status === "stale" || (label === undefined && mayBeStale(read));
  for (const { row, version, because } of floors(world, read, { stale, load })) {
    const got = load.rows[row];
    if (got === undefined || got >= version) continue;
    const what = `row ${row} in version ${got} (load ${load.id}${label ? `, ${label.status}` : ""})`;
    const text = `gave ${what}, but ${because} had made it version ${version} before the read began`;
    return { promise: "never stale after an invalidation", text };
  }
  return undefined;
}

/** "Not found" does not identify its load: one of the rows must have been missing since the invalidation. */
function judgeNothing(world: World, read: ReadRecord): Complaint | undefined {
  const known = floors(world, read, { stale: mayBeStale(read) });
  const missing = rowsOf(read.key).some((row) => {
    const version = known.find((floor) => floor.row === row)?.version ?? 1;
    return world.database.wasMissingSince(row, version);
  });
  if (missing) return undefined;
  const text = `gave "not found" although everything was there`;
  return { promise: "never stale after an invalidation", text };
}

function mayBeStale({ resource, instance }: ReadRecord): boolean {
  const { staleMs, staleIfErrorMs } = resourceOf(resource, instance.program);
  return staleMs > 0 || staleIfErrorMs > 0;
}

/** A read fails only if a load of its value failed or timed out during the read, or if its own time was over. */
function judgeError({ history }: World, read: ReadRecord, error: unknown): Complaint | undefined {
  const { resource, key, start, refreshes } = read;
  const promise = "only loads make reads fail";
  const code = error instanceof CacheError ? error.code : undefined;
  if (refreshes && code === "store_failed") return undefined;
  if (!(error instanceof LoadFailure) && code !== "load_timeout" && code !== "load_failed")
    return { promise, text: `failed for no good reason: ${String(error)}` };
  // Without the store, loads wait in a queue, some until their time is over.
  if (code === "load_timeout" && isOutOfTime(read)) return undefined;
  // A refresh also fails during the backoff after another load's failure.
  const sinceOrder = code === "load_failed" ? 0 : start.order;
  const excused = history.loads.some(
    (load) =>
      load.outcome === "failed" &&
      load.resource === resource &&
      load.key === key &&
      load.end !== undefined &&
      load.end.order > sinceOrder,
  );
  return excused ? undefined : { promise, text: `failed although no load did: ${String(error)}` };
}

/** Each step takes 1 ms, which no time limit includes. */
const GRACE_MS = 600;

/** Longest duration of a read: three waits for others in its process, then one for the fleet, then a load. */
function longestMs({ instances }: World, { resource, instance }: ReadRecord): number {
  const { storeMs, waitMs } = LIMITS;
  const loadMs = resourceOf(resource, instance.program).hardTimeoutMs;
  const rounds = 3 * (2 * storeMs + waitMs);
  const isLeaderLost = instances.some(({ wasStopped }) => wasStopped);
  const asLeader = (isLeaderLost ? 2 : 1) * waitMs + 4 * storeMs + loadMs;
  // Without the store, loads wait in a queue: in the model never more than three deep.
  return rounds + asLeader + 3 * loadMs;
}

/** Reads end: within the request's budget if there is one, and within the cache's own bound. */
export function judgeWait(world: World, read: ReadRecord): Complaint | undefined {
  if (read.instance.wasStopped) return undefined;
  const promise = "reads end in time";
  if (read.end === undefined) return { promise, text: "never ends" };
  const tookMs = read.end.ms - read.start.ms;
  const limitMs = Math.min(read.budgetMs ?? Number.POSITIVE_INFINITY, longestMs(world, read));
  if (tookMs <= limitMs + GRACE_MS + disagreementMs(world)) return undefined;
  return { promise, text: `took ${tookMs} ms of at most ${limitMs}` };
}

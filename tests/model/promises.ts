import { CacheError } from "@algoitny/cache";
import { disagreementMs, floors } from "./floors.ts";
import type { Answer, Label, LoadRecord, ReadRecord } from "./history.ts";
import { LIMITS } from "./instance.ts";
import { LoadFailure } from "./loads.ts";
import { resourceOf, type Value } from "./resources.ts";
import type { World } from "./world.ts";

type Good = Extract<Answer, { ok: true }>;

/** What is wrong with an answer that a read has got; undefined when it keeps every promise. */
export function judgeRead(world: World, read: ReadRecord, answer: Answer): string | undefined {
  const complaint =
    judgeWait(world, read) ??
    (answer.ok ? judgeValue(world, read, answer) : judgeError(world, read, answer.error));
  return complaint && `${read.instance.name}'s read of ${read.resource}:${read.key} ${complaint}`;
}

function judgeValue(world: World, read: ReadRecord, answer: Good): string | undefined {
  if (answer.load === undefined) return judgeNothing(world, read);
  const load = world.history.loads[answer.load];
  if (load === undefined) return `gave a value that no load has made`;
  return (
    judgeIdentity(read, answer.value, load) ??
    judgeVersions(world, read, answer, load) ??
    judgeAge(world, read, answer, load)
  );
}

/** Values come back exactly as they were, to those who asked for them. */
function judgeIdentity(read: ReadRecord, value: Value | undefined, load: LoadRecord) {
  if (load.resource !== read.resource || load.key !== read.key)
    return `gave the value of ${load.resource}:${load.key}`;
  if (JSON.stringify(value) !== JSON.stringify(load.value))
    return `gave ${JSON.stringify(value)}, but load ${load.id} made ${JSON.stringify(load.value)}`;
  if (value && read.resource === "versioned" && value.program !== read.instance.program)
    return `gave a value of another version of the program`;
  return undefined;
}

/** Promise 1: nothing is older than what an invalidation, once it has returned, has announced. */
function judgeVersions(world: World, read: ReadRecord, { label }: Good, load: LoadRecord) {
  const stale = label?.status === "stale" || (label === undefined && mayBeStale(read));
  for (const { row, version, because } of floors(world, read, { stale })) {
    const got = load.rows[row];
    if (got !== undefined && got < version) {
      return `gave row ${row} in version ${got} (load ${load.id}${label ? `, ${label.status}` : ""}), but ${because} had made it version ${version} before the read began`;
    }
  }
  return undefined;
}

/** "Not found" without a word on which load said so: one of the rows must have been missing since the invalidation. */
function judgeNothing(world: World, read: ReadRecord): string | undefined {
  const known = floors(world, read, { stale: mayBeStale(read) });
  const missing = [...read.key].some((row) => {
    const version = known.find((floor) => floor.row === row)?.version ?? 1;
    return world.database.wasMissingSince(row, version);
  });
  return missing ? undefined : `gave "not found" although everything was there`;
}

function mayBeStale({ resource, instance }: ReadRecord): boolean {
  const { staleMs, staleIfErrorMs } = resourceOf(resource, instance.program);
  return staleMs > 0 || staleIfErrorMs > 0;
}

/** Values are served within their lifetime, stale ones within theirs and only where that is allowed. */
function judgeAge(world: World, read: ReadRecord, { label }: Good, load: LoadRecord) {
  const resource = resourceOf(read.resource, read.instance.program);
  const { status, detail } = label ?? {};
  if (isOwn(label) && load.start.order < read.start.order)
    return `calls it a ${status}, but load ${load.id} had begun before`;
  const spareMs = { fresh: 0, refreshing: resource.staleMs, failing: resource.staleIfErrorMs };
  const kind =
    status === "hit" || status === "miss" || status === "bypass"
      ? "fresh"
      : detail === "load-failed"
        ? "failing"
        : "refreshing";
  const lateMs =
    status === undefined ? Math.max(resource.staleMs, resource.staleIfErrorMs) : spareMs[kind];
  if (kind !== "fresh" && status !== undefined && lateMs === 0)
    return `gave a stale value, which ${read.resource} does not allow`;
  if (kind === "failing" && status === "stale" && !failedBefore(world, read))
    return `calls it stale because a load failed, but none did`;
  const freshMs =
    load.outcome === "found" ? resource.freshMs * (1 + resource.jitter) : resource.negativeMs;
  const untilMs = (load.end?.ms ?? 0) + freshMs + (load.outcome === "found" ? lateMs : 0);
  const overMs = read.start.ms - untilMs - disagreementMs(world);
  return overMs < 1
    ? undefined
    : `gave load ${load.id} as ${status ?? "a value"} ${overMs} ms after its time`;
}

/** Whether the value was loaded for this read and those that had begun before the load. */
function isOwn(label: Label | undefined): boolean {
  return label?.status === "bypass" || (label?.status === "miss" && label.detail !== undefined);
}

function failedBefore({ history }: World, { resource, key }: ReadRecord): boolean {
  return history.loads.some(
    (load) => load.outcome === "failed" && load.resource === resource && load.key === key,
  );
}

/** A read fails only if a load of its value failed or took too long meanwhile. */
function judgeError({ history }: World, read: ReadRecord, error: unknown): string | undefined {
  const isRefused = error instanceof CacheError && error.code === "load_failed";
  const expected =
    error instanceof LoadFailure ||
    (error instanceof CacheError && error.code === "load_timeout") ||
    isRefused;
  if (!expected) return `failed for no good reason: ${String(error)}`;
  // A refresh also fails when another one's failure is still being waited out.
  const sinceOrder = isRefused ? 0 : read.start.order;
  const failed = history.loads.some(
    (load) =>
      load.outcome === "failed" &&
      load.resource === read.resource &&
      load.key === read.key &&
      (load.end?.order ?? 0) > sinceOrder,
  );
  return failed ? undefined : `failed although no load did: ${String(error)}`;
}

/** Steps take time of their own, a few ms each, which no time limit knows of. */
const GRACE_MS = 600;

/** The longest a read may take: three times waiting for others in its process, then once for the fleet, then a load. */
function longestMs(read: ReadRecord): number {
  const { storeMs, waitMs } = LIMITS;
  const loadMs = resourceOf(read.resource, read.instance.program).hardTimeoutMs;
  const rounds = 3 * (2 * storeMs + waitMs);
  const asLeader = waitMs + 4 * storeMs + loadMs;
  // Without the store, loads stand in line: in the model never more than three deep.
  return rounds + asLeader + 3 * loadMs;
}

/** Reads end: within the request's budget if there is one, and within a bound of the cache's own. */
export function judgeWait(world: World, read: ReadRecord): string | undefined {
  if (read.instance.wasStopped) return undefined;
  const tookMs = (read.end?.ms ?? Number.POSITIVE_INFINITY) - read.start.ms;
  const limitMs = Math.min(read.budgetMs ?? Number.POSITIVE_INFINITY, longestMs(read));
  return tookMs <= limitMs + GRACE_MS + disagreementMs(world)
    ? undefined
    : `took ${tookMs} ms of at most ${limitMs}`;
}

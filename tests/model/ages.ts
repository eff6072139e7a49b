import type { Complaint } from "./complaint.ts";
import { disagreementMs } from "./floors.ts";
import type { Label, LoadRecord, ReadRecord } from "./call-history.ts";
import type { Good } from "./promises.ts";
import { type ModelResource, resourceOf } from "./model-resources.ts";
import type { World } from "./world.ts";

/** Part of a request's budget that the cache reserves for writing the answer, in ms. */
const RESERVE_MS = 100;

/** Values are served within their lifetime, and stale ones within their stale time, where that is allowed. */
export function judgeAge(
  world: World,
  read: ReadRecord,
  { label }: Good,
  load: LoadRecord,
): Complaint | undefined {
  const text = faultOfAge(world, read, label, load);
  return text === undefined ? undefined : { promise: "lifetimes are kept", text };
}

function faultOfAge(
  world: World,
  read: ReadRecord,
  label: Label | undefined,
  load: LoadRecord,
): string | undefined {
  const resource = resourceOf(read.resource, read.instance.program);
  if (isOwn(label) && load.start.order < read.start.order)
    return `calls it a ${label?.status}, but load ${load.id} began before the read`;
  if (joined(read, label, load)) return undefined;
  const spareMs = spareTime(resource, label);
  if (label?.status === "stale") {
    if (spareMs === 0) return `gave a stale value, which ${read.resource} does not allow`;
    if (label.detail === "load-failed" && !failedBefore(world, read) && !isOutOfTime(read))
      return "calls it stale because a load failed, but none did";
  }
  const untilMs = (load.end?.ms ?? 0) + lifetimeMs(resource, load, spareMs);
  const overMs = read.start.ms - untilMs - disagreementMs(world);
  if (overMs < 1) return undefined;
  return `gave load ${load.id} as ${label?.status ?? "a value"} ${overMs} ms after its time`;
}

/** True when the value was loaded for this read or for reads that had begun before the load. */
function isOwn(label: Label | undefined): boolean {
  return label?.status === "bypass" || (label?.status === "miss" && label.detail !== undefined);
}

/** True when the read may have joined the read that loaded: a batch's loads wait until the slowest of them is stored. */
function joined({ start }: ReadRecord, label: Label | undefined, { reader }: LoadRecord): boolean {
  if (label !== undefined && label.status !== "miss") return false;
  return reader.end === undefined || reader.end.order > start.order;
}

/** Longest time past its lifetime for which a value may be served; without a label, the maximum over all reasons. */
function spareTime({ staleMs, staleIfErrorMs }: ModelResource, label: Label | undefined): number {
  if (label === undefined) return Math.max(staleMs, staleIfErrorMs);
  if (label.status !== "stale") return 0;
  return label.detail === "load-failed" ? staleIfErrorMs : staleMs;
}

function lifetimeMs(resource: ModelResource, { outcome }: LoadRecord, spareMs: number): number {
  if (outcome === "absent") return resource.negativeMs;
  return resource.freshMs * (1 + resource.jitter) + spareMs;
}

/** True when the read has ended because its request's budget was over: for this read, the load that it waited for has failed. */
export function isOutOfTime({ start, end, budgetMs }: ReadRecord): boolean {
  return budgetMs !== undefined && (end?.ms ?? 0) - start.ms >= budgetMs - RESERVE_MS;
}

function failedBefore({ history }: World, { resource, key }: ReadRecord): boolean {
  return history.loads.some(
    (load) => load.outcome === "failed" && load.resource === resource && load.key === key,
  );
}

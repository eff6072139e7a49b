import { setTimeout as sleep } from "node:timers/promises";
import { type Cache, toMs } from "@algoitny/cache";
import type { BeatTable } from "@algoitny/core/beat/beat.table";
import { MAX_STALENESS } from "@algoitny/core/ttl";
import type { Log } from "../telemetry/log.ts";
import type { RecordedProbe } from "./recorded-probe.ts";
import type { SeenProbes } from "./seen-probes.ts";

/** Pauses before each reading of the seen probes: 3 s in all. The stream usually delivers a change within a second. */
const PAUSES_MS = [500, 1_000, 1_500] as const;

/**
 * Age of the closed timestamp above which operators are warned: half of the age above which entries are unconfirmed.
 */
const LATE_MS = toMs(MAX_STALENESS) / 2;

export interface BeatContext {
  cache: Pick<Cache, "beat">;
  beats: Pick<BeatTable, "last" | "sendProbes" | "keep">;
  seen: SeenProbes;
  log: Log;
  /** If views are recorded: the stream must invalidate their entries too. */
  recorded?: RecordedProbe | undefined;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

export interface BeatReport {
  /** Result of `Cache.beat`. */
  state: "advanced" | "cleared" | "late";
  /** True if Redis was not as the last beat had left it; false for the first beat of a stage. */
  reset: boolean;
  /** Age of the closed timestamp: every change before it is known to be invalidated. */
  closed_age_ms: number;
  /** Probes of this run that the stream has not delivered yet. */
  missing: number;
}

/**
 * Sends probes into the table, waits up to 3 s until the stream has delivered them, and moves the cache's closed
 * timestamp to the time of the probe that is furthest behind. Rejects if the table or Redis does not answer, or if the
 * stream's function does not invalidate for recorded views: the timestamp then does not move.
 */
export async function beat(
  probes: number,
  { cache, beats, seen, log, recorded, now = Date.now, pause = sleep }: BeatContext,
): Promise<BeatReport> {
  const expected = await beats.last();
  await recorded?.read();
  const sentMs = now();
  await beats.sendProbes(probes, sentMs);
  let times: readonly number[] = [];
  for (const ms of PAUSES_MS) {
    await pause(ms);
    times = await seen.read(probes);
    if (times.every((time) => time >= sentMs)) break;
  }
  if (times.every((time) => time >= sentMs) && (await recorded?.isStored()))
    throw new Error(
      "the stream has shown the probes, but an entry made from a probe is still stored: deploy all functions with the same CACHE_RECORDED_VIEWS",
    );
  // The closed timestamp never goes back: `Cache.beat` clears a store that has lost invalidations since the last beat.
  const closedMs = Math.max(Math.min(...times), Number.parseInt(expected ?? "0"));
  const { state, value } = await cache.beat({ closedMs, expected });
  if (state !== "late") await beats.keep(value);
  // The first beat, whose probes are still on their way, knows of no earlier time.
  const knownMs = expected === null && closedMs === 0 ? sentMs : closedMs;
  const report = {
    state,
    reset: state === "cleared" && expected !== null,
    closed_age_ms: now() - knownMs,
    missing: times.filter((time) => time < sentMs).length,
  };
  logReport(report, log);
  return report;
}

/** Logs what an operator should know; a beat without a fault is not logged. */
function logReport(report: BeatReport, log: Log): void {
  if (report.reset)
    log.warn("Redis is not as the last beat left it: everything is invalidated", { ...report });
  if (report.state === "late")
    log.warn("a later beat has already reached Redis: this one changes nothing", { ...report });
  if (report.closed_age_ms > LATE_MS)
    log.warn("the stream does not deliver changes; older entries will be loaded again", {
      ...report,
      max_staleness: MAX_STALENESS,
    });
}

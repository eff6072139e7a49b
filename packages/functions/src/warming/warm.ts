import { type Cache, type WarmResult, toMs } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import type { Source } from "@algoitny/core/source";
import type { PlanName } from "@algoitny/core/timetable";
import { intervalOf, plans, type WarmingInput } from "@algoitny/core/warming";
import { checkHealth } from "../check-health.ts";
import { describeError, type Log, redact } from "../telemetry/log.ts";
import {
  emptyPlanReport,
  type PlanReport,
  stateOf,
  totalsOf,
  type WarmingReport,
} from "./warming-report.ts";
import { TimeoutError, withTimeout } from "../with-timeout.ts";

/** Time reserved for the report at the end: 2 seconds. */
const RESERVE_MS = 2_000;

/** Number of failed entries of one plan that get a log line each; the answer lists all of them. */
const FAILURES_LOGGED = 5;

export interface WarmingRequest {
  plans: readonly PlanName[];
  /** For `user_stats`: subjects, instead of those active in the last 7 days. */
  userIds?: readonly string[] | undefined;
  /** Reports what would be loaded, and loads nothing. */
  dryRun?: boolean | undefined;
}

export interface WarmingContext {
  cache: Cache;
  store: Store;
  source: Source;
  /** Keys of the details that were read most in the last hour or two. */
  mostRead: () => Promise<readonly string[]>;
  log: Log;
  remainingMs: () => number;
}

/**
 * Runs plans one after the other, within the time of each and of the invocation. Failed entries do not stop the rest;
 * if the database or Redis is down, or Redis refuses writes, nothing is tried, and the report says so.
 */
export async function warm(
  { plans: names, userIds, dryRun = false }: WarmingRequest,
  context: WarmingContext,
): Promise<WarmingReport> {
  const { source, mostRead, log } = context;
  const startMs = Date.now();
  const { checks } = await checkHealth(context);
  const down = [
    ...(checks.redis === "ok" ? [] : ["redis"]),
    ...(checks.dynamodb === "ok" ? [] : ["dynamodb"]),
  ];
  const isUp = down.length === 0;
  const empty = isUp && (await isEmpty(source));
  if (!isUp) log.warn("warming skipped: services are down", { down });
  const reports: PlanReport[] = [];
  const input: WarmingInput = { source, mostRead, ...(userIds && { userIds }) };
  for (const name of isUp ? names : [])
    reports.push(await carryOut(name, input, { ...context, dryRun }));
  const totals = totalsOf(reports);
  const state = isUp ? stateOf(reports) : "down";
  const ms = Date.now() - startMs;
  log.info("warming ended", { state, empty, dry_run: dryRun, ms, ...totals });
  return { state, down, empty, dry_run: dryRun, ms, ...totals, plans: reports };
}

/**
 * Checks if the table has never had a problem; a table that fails to answer does not count as empty, because the plans
 * report the failure.
 */
async function isEmpty(source: Source): Promise<boolean> {
  const lastId = async () => (await source.tables()).problems.lastId();
  return (await lastId().catch(() => undefined)) === 0;
}

async function carryOut(
  name: PlanName,
  input: WarmingInput,
  { cache, source, log, remainingMs, dryRun }: WarmingContext & { dryRun: boolean },
): Promise<PlanReport> {
  const startMs = Date.now();
  const report = emptyPlanReport(name);
  const { budget, wanted } = plans[name];
  const endMs = startMs + toMs(budget.longest);
  const leftMs = () => Math.min(remainingMs() - RESERVE_MS, endMs - Date.now());
  try {
    const { keys, refresh } = await withTimeout(leftMs(), () => wanted(input));
    log.info("warming", { plan: name, entries: keys.length });
    const results = await refresh(cache, {
      source,
      dryRun,
      ahead: intervalOf(name),
      atOnce: budget.atOnce,
      remainingMs: leftMs,
      onProgress: (done) => log.info("warming", { plan: name, done, of: keys.length }),
    });
    for (const [index, result] of results.entries()) sort(report, keys[index] as string, result);
  } catch (error) {
    if (error instanceof TimeoutError) report.out_of_time = true;
    else report.error = redact(error instanceof Error ? error.message : String(error));
    log.error("a plan could not be carried out", { plan: name, error: describeError(error) });
  }
  report.ms = Date.now() - startMs;
  for (const { key, error } of report.failed.slice(0, FAILURES_LOGGED))
    log.warn("an entry could not be warmed", { plan: name, key: redact(key), error });
  log.info("warmed", { plan: name, ms: report.ms, ...totalsOf([report]) });
  return report;
}

function sort(report: PlanReport, key: string, result: WarmResult): void {
  if (result instanceof Error) report.failed.push({ key, error: redact(result.message) });
  else if (result === "refused" || result === "not-stored") report.not_stored.push(key);
  else report[result].push(key);
}

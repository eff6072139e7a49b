import type { Cache, VerifyTask } from "@algoitny/cache";
import { knownExperiments } from "@algoitny/core/experiment/running-experiments";
import type { Source } from "@algoitny/core/source";
import type { AnyView } from "@algoitny/core/view";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { EntryTask, viewOf } from "../entry-task.ts";
import { describeError, type Log, redact } from "../telemetry/log.ts";
import { addArmMetric, addMetric } from "../telemetry/scope.ts";

/** A message of the queue: the cache's VerifyTask as JSON. */
const Task = EntryTask.extend({ differsSinceMs: z.number().optional() });

/** Time after a change of the table from which a still valid entry counts as stale; until then it is only logged. */
const STALE_FROM_MS = 60_000;

/** Entries with a shorter lifetime might expire before they count as stale: they get the shorter limit below. */
const SHORT_LIFE_MS = 2 * STALE_FROM_MS;
const STALE_FROM_SHORT_MS = 10_000;

export interface VerifyingContext {
  cache: Pick<Cache, "runVerifyTask">;
  /** Reads the table without a cache, because its values are compared with the cached ones. */
  source: Source;
  log: Log;
  /** Id of a key in log lines. */
  keyId: (key: string) => string;
  remainingMs: () => number;
  /** Takes one check from the allowance; false if none is left. */
  mayCheck: () => boolean;
}

/**
 * Compares hits with the table. Repairs nothing, because a repair would hide the missing rule. An unreadable message
 * goes back to the queue; a check that fails or exceeds the allowance is dropped.
 */
export async function verifyBatch(
  { Records: records }: SQSEvent,
  context: VerifyingContext,
): Promise<SQSBatchResponse> {
  const { log } = context;
  const unreadable: string[] = [];
  for (const { messageId, body } of records) {
    let task: Checked;
    try {
      task = readTask(body);
    } catch (error) {
      log.error("the message of a hit check cannot be read", {
        messageId,
        error: describeError(error),
      });
      unreadable.push(messageId);
      continue;
    }
    if (task.differsSinceMs !== undefined || context.mayCheck()) await check(task, context);
  }
  return { batchItemFailures: unreadable.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** A task whose view is known, with the time from which its entry counts as stale. */
interface Checked extends VerifyTask {
  readonly staleFromMs: number;
}

/** Throws when the message is not one of ours. */
function readTask(body: string): Checked {
  const { differsSinceMs, ...task } = Task.parse(JSON.parse(body));
  const { resource, params } = viewOf(task);
  const seconds = knownExperiments.secondsFor(task.resource, task.key);
  const staleFromMs = staleFrom(seconds === undefined ? resource : { freshMs: seconds * 1_000 });
  return { ...task, params, staleFromMs, ...(differsSinceMs !== undefined && { differsSinceMs }) };
}

/** Time after the change from which an entry of the view counts as stale, in ms. */
export function staleFrom({ freshMs }: Pick<AnyView, "freshMs">): number {
  return freshMs < SHORT_LIFE_MS ? STALE_FROM_SHORT_MS : STALE_FROM_MS;
}

async function check(
  { staleFromMs, ...task }: Checked,
  { cache, source, log, keyId, remainingMs }: VerifyingContext,
): Promise<void> {
  const about = { resource: task.resource, key: redact(task.key), key_id: keyId(task.key) };
  try {
    const { verdict, windowMs } = await cache.runVerifyTask(task, { source, remainingMs });
    if (verdict === "agrees") addMetric("HitsVerified", 1);
    if (verdict === "overtaken") addMetric("HitsOvertaken", 1);
    if (verdict !== "stale") return;
    log.error("a hit is older than the table, and no invalidation has reached it", {
      ...about,
      window_ms: windowMs,
    });
    if (windowMs < staleFromMs) return;
    addMetric("HitsStale", 1);
    addArmMetric(
      knownExperiments.armOf(task.resource, () => task.key),
      "HitsStale",
      1,
    );
  } catch (error) {
    log.warn("a hit could not be checked", { ...about, error: describeError(error) });
  }
}

/**
 * Creates a limit of `perMinute` checks a minute, first come, first served; true lets a check through. A limit below one
 * a minute, such as an instance's share, also saves up a whole check.
 */
export function createAllowance(perMinute: number, now: () => number = Date.now): () => boolean {
  const most = perMinute > 0 ? Math.max(1, perMinute) : 0;
  let left = most;
  let atMs = now();
  return () => {
    const nowMs = now();
    left = Math.min(most, left + (Math.max(0, nowMs - atMs) * perMinute) / 60_000);
    atMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

import type { Cache, WarmResult } from "@algoitny/cache";
import type { AnyView } from "@algoitny/core/view";
import type { Source } from "@algoitny/core/source";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { describeError, type Log, redact } from "../telemetry/log.ts";
import { EntryTask, viewOf } from "../entry-task.ts";

/** A message of the queue: the cache's RefreshTask as JSON, with the id of the request that found its entry stale. */
const Task = EntryTask.extend({ requestId: z.string().optional() });

/**
 * A task may arrive while its entry is still fresh for a moment, if it was sent early; with less than this left, the
 * entry is refreshed anyway. The cache limits this to half of a lifetime.
 */
const AHEAD = "1 minute";

/** A task whose view and parameters have been validated. */
interface Ready {
  messageId: string;
  requestId: string | undefined;
  key: string;
  resource: AnyView;
  params: never;
}

export interface RefreshingContext {
  cache: Pick<Cache, "warm">;
  source: Source;
  log: Log;
  remainingMs: () => number;
}

/**
 * Refreshes the entries of a batch through the lease, those of one view together: by one bulk load, if the view has one.
 * Failed tasks, and those that were not reached in time, go back to the queue. So do tasks whose value was refused because
 * of an invalidation during the load: if that was a soft one, the entry is still served, and its readers send no other
 * message. A task is done if another instance is loading the entry, or has refreshed it meanwhile.
 */
export async function refreshBatch(
  { Records: records }: SQSEvent,
  { cache, source, log, remainingMs }: RefreshingContext,
): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  const ready: Ready[] = [];
  for (const { messageId, body } of records) {
    try {
      ready.push({ messageId, ...toReady(body) });
    } catch (error) {
      log.error("the message of a refresh cannot be read", {
        messageId,
        error: describeError(error),
      });
      failed.push(messageId);
    }
  }

  for (const [resource, tasks] of Map.groupBy(ready, (task) => task.resource)) {
    const params = tasks.map((task) => task.params);
    const results = await cache
      .warm(resource, params, { source, remainingMs, ahead: AHEAD })
      .catch((cause: unknown) => tasks.map(() => new Error("the batch failed", { cause })));
    for (const [index, { key, messageId, requestId }] of tasks.entries()) {
      const result = results[index] ?? "left";
      if (isFailure(result)) failed.push(messageId);
      report(log, { key: redact(key), request_id: requestId }, result);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Throws if the message is not one of ours. */
function toReady(body: string): Omit<Ready, "messageId"> {
  const task = Task.parse(JSON.parse(body));
  return { key: task.key, requestId: task.requestId, ...viewOf(task) };
}

function isFailure(result: WarmResult): boolean {
  return result instanceof Error || result === "left" || result === "refused";
}

function report(log: Log, entry: Record<string, unknown>, result: WarmResult): void {
  if (result instanceof Error)
    log.warn("a refresh failed; it goes back to the queue", {
      ...entry,
      error: describeError(result),
    });
  else if (isFailure(result)) log.info("a refresh goes back to the queue", { ...entry, result });
  else log.info("a refresh is done", { ...entry, result });
}

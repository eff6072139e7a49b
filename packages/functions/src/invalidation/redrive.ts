import type { Cache, Tag } from "@algoitny/cache";
import type { StreamRecord } from "@algoitny/core/table/change";
import { inputsFirst } from "@algoitny/core/tags";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { DiscardedBatch } from "./discarded-batch.ts";
import { describeError, type Log } from "../telemetry/log.ts";
import { readRecord, widestTags } from "./stream-record.ts";

/** Poison record that the stream's function queued itself: see poison-records.ts. */
const PoisonRecordMessage = z.object({
  kind: z.literal("unreadable_record"),
  record: z.object({
    dynamodb: z
      .object({ Keys: z.unknown(), OldImage: z.unknown(), NewImage: z.unknown() })
      .partial()
      .optional(),
  }),
});

/** Tags that a message invalidates; `everything` when the message cannot be mapped to tags. */
type Scope = readonly Tag[] | "everything";

export interface RedriveContext {
  cache: Pick<Cache, "invalidate" | "clear">;
  log: Log;
  /** Reads discarded records again; rejects if they have left the stream, or do not arrive in time. */
  readAgain: (batch: DiscardedBatch) => Promise<readonly StreamRecord[]>;
  /** If views are recorded: tags of the recorded reads that may contain the records' items. */
  namesOf?:
    | ((records: readonly StreamRecord[], streamArn: string) => Promise<readonly Tag[]>)
    | undefined;
}

/**
 * Completes what the stream's function could not: invalidates what the records changed if they can now be read, all
 * views of their entities if they cannot, and everything if an entity is unknown or the records cannot be obtained.
 * Messages go back only if the store does not answer. Invalidating too much is never wrong; too little would be.
 */
export async function redriveBatch(
  { Records: messages }: SQSEvent,
  context: RedriveContext,
): Promise<SQSBatchResponse> {
  const { cache, log } = context;
  const scopes = await Promise.all(
    messages.map(({ messageId, body }) => scopeOf(messageId, body, context)),
  );
  try {
    if (scopes.includes("everything")) await cache.clear();
    else await cache.invalidate(inputsFirst(scopes.flatMap((scope) => scope as readonly Tag[])));
    return { batchItemFailures: [] };
  } catch (error) {
    log.error("invalidation failed; the messages will be retried", { error: describeError(error) });
    return { batchItemFailures: messages.map(({ messageId: id }) => ({ itemIdentifier: id })) };
  }
}

async function scopeOf(
  messageId: string,
  body: string,
  { log, readAgain, namesOf }: RedriveContext,
): Promise<Scope> {
  try {
    const message: unknown = JSON.parse(body);
    const aside = PoisonRecordMessage.safeParse(message);
    const batch = aside.success ? undefined : DiscardedBatch.parse(message);
    const records = batch ? await readAgain(batch) : [aside.data?.record as StreamRecord];
    // A poison record's tags of recorded reads were invalidated with the batch from which it was put aside.
    const names = (batch && (await namesOf?.(records, batch.DDBStreamBatchInfo.streamArn))) ?? [];
    const scopes = records.map(scopeOfRecord);
    const scope = scopes.includes("everything")
      ? "everything"
      : [...new Set([...names, ...scopes.flatMap((each) => each as readonly Tag[])])];
    log.info("stream records redriven", {
      messageId,
      records: records.length,
      tags: scope === "everything" ? scope : scope.length,
    });
    return scope;
  } catch (error) {
    log.error("discarded stream records cannot be read again; clearing the whole cache", {
      messageId,
      error: describeError(error),
    });
    return "everything";
  }
}

/** Newer code may be able to read a record that its predecessor could not. */
function scopeOfRecord(record: StreamRecord): Scope {
  const reading = readRecord(record);
  return "tags" in reading ? reading.tags : (widestTags(record) ?? "everything");
}

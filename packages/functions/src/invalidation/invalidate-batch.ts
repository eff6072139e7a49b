import type { Cache, Tag } from "@algoitny/cache";
import { inputsFirst } from "@algoitny/core/tags";
import { type Probe, READ_PROBE } from "@algoitny/core/beat/beat-items";
import type { StreamRecord } from "@algoitny/core/table/change";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { describeError, type Log } from "../telemetry/log.ts";
import { readRecord, type RecordReading } from "./stream-record.ts";

/** Report on one batch of the table's stream. */
export interface StreamBatchReport {
  records: number;
  /** Invalidated tags of the rules, each once. */
  tags: number;
  /** Records that could not be read. */
  unreadable: number;
  /** Age of the batch's oldest record when it was handled, in ms; null if no record has a time. */
  oldestRecordMs: number | null;
  /** Records that will be retried, because the invalidation failed: all of the batch, or none. */
  failed: number;
}

export interface StreamContext {
  cache: Pick<Cache, "invalidate" | "clear">;
  log: Log;
  /** If views are recorded: tags of the recorded reads that may contain the records' items. */
  namesOf?: ((records: readonly StreamRecord[]) => Promise<readonly Tag[]>) | undefined;
  /** Queues an unreadable record for the redrive function. Without it everything is invalidated at once. */
  sendPoisonRecord?: ((record: DynamoDBRecord, reason: unknown) => Promise<void>) | undefined;
  /** Records probes, once everything before them is invalidated. */
  noteProbes?: ((probes: readonly Probe[]) => Promise<void>) | undefined;
  /** Receives the report of every batch that contains more than probes or has failed, for metrics. */
  report?: ((report: StreamBatchReport) => void) | undefined;
  now?: () => number;
}

/**
 * Invalidates every entry that shows a change of a batch of the table's stream, in one request. If that fails, the lowest
 * sequence number is reported and Lambda retries the whole batch. An unreadable record is queued separately, so that it
 * does not block the records behind it. Old, repeated and reordered records do no harm, because a stamp is never made
 * from a record.
 */
export async function invalidateBatch(
  { Records: records }: DynamoDBStreamEvent,
  context: StreamContext,
): Promise<DynamoDBBatchResponse> {
  const { cache, log, report = () => {}, now = Date.now } = context;
  const readings = records.map((record) => ({ record, reading: readRecord(record) }));
  const tags = new Set<Tag>();
  const unreadable: { record: DynamoDBRecord; reason: unknown }[] = [];
  const probes: Probe[] = [];
  for (const { record, reading } of readings) {
    if (!("tags" in reading)) unreadable.push({ record, reason: reading.unreadable });
    else if (reading.probe) probes.push(reading.probe);
    else for (const tag of reading.tags) tags.add(tag);
  }
  const counts = {
    records: records.length,
    tags: tags.size,
    unreadable: unreadable.length,
    oldestRecordMs: ageOfOldest(records, now()),
  };
  try {
    const named = readings.filter(({ reading }) => !isProbeOnly(reading));
    const names = (await context.namesOf?.(named.map(({ record }) => record))) ?? [];
    await cache.invalidate([...names, ...inputsFirst(tags)]);
    const put = await Promise.all(
      unreadable.map(({ record, reason }) => putAside(record, reason, context)),
    );
    if (put.includes(false)) await cache.clear();
    await notePassed(probes, context);
    if (records.length > probes.length) report({ ...counts, failed: 0 });
    return { batchItemFailures: [] };
  } catch (error) {
    const lowest = lowestSequence(records);
    log.error("invalidation failed; Lambda will retry the batch", {
      sequence: lowest,
      error: describeError(error),
    });
    report({ ...counts, failed: records.length });
    return { batchItemFailures: [{ itemIdentifier: lowest }] };
  }
}

/**
 * True for a probe that no view reads. No recorded read contains it, so a batch of such probes alone sends no
 * invalidation.
 */
const isProbeOnly = (reading: RecordReading): boolean =>
  "probe" in reading && reading.probe !== undefined && reading.probe.number !== READ_PROBE;

/** Probes that were not recorded leave the closed timestamp unchanged: that is no reason to retry the batch. */
async function notePassed(
  probes: readonly Probe[],
  { noteProbes, log }: StreamContext,
): Promise<void> {
  if (probes.length === 0) return;
  try {
    await noteProbes?.(probes);
  } catch (error) {
    log.warn("probes could not be recorded", { error: describeError(error) });
  }
}

/** Sends the record to the queue of poison records; returns false if that fails, because then no redrive will handle it. */
async function putAside(
  record: DynamoDBRecord,
  reason: unknown,
  { log, sendPoisonRecord }: StreamContext,
): Promise<boolean> {
  const sequence = sequenceOf(record);
  log.error("a stream record cannot be read", { sequence, error: describeError(reason) });
  try {
    if (!sendPoisonRecord) throw new Error("no queue is linked for such records");
    await sendPoisonRecord(record, reason);
    return true;
  } catch (error) {
    log.error("a poison record cannot be queued; clearing the whole cache", {
      sequence,
      error: describeError(error),
    });
    return false;
  }
}

/** Sequence numbers are whole numbers without leading zeros, too long for a `number`. */
function lowestSequence(records: readonly DynamoDBRecord[]): string {
  const [lowest = ""] = records
    .map(sequenceOf)
    .toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return lowest;
}

/** An empty identifier makes Lambda repeat the whole batch. */
function sequenceOf(record: DynamoDBRecord): string {
  return record.dynamodb?.SequenceNumber ?? "";
}

function ageOfOldest(records: readonly DynamoDBRecord[], nowMs: number): number | null {
  const seconds = records.flatMap(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? []);
  return seconds.length === 0 ? null : Math.max(0, nowMs - Math.min(...seconds) * 1_000);
}

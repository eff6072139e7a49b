import type { DynamoDBStreamEvent } from "aws-lambda";
import type { GivenUp } from "./destination.ts";
import type { Entry } from "./record.ts";
import type { SubscriptionSettings } from "./subscription.ts";

/** Dependencies of batch handling. */
export interface BatchContext {
  settings: SubscriptionSettings;
  invoke: (event: DynamoDBStreamEvent) => Promise<unknown>;
  now: () => number;
  /** Ends early, without an error, when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  /** Called once for each record that was handled or discarded. */
  settle: (entries: readonly Entry[]) => void;
  giveUp: (failure: GivenUp) => Promise<void>;
  log: (line: string) => void;
}

interface Attempt {
  entries: readonly Entry[];
  /** Failures that count against `maximumRetryAttempts`; splitting a batch does not count. */
  failures: number;
  invokeCount: number;
  threw: boolean;
}

const FIRST_RETRY_MS = 100;
/** Longest pause between retries. After an outage of Redis, cached entries stay stale until the records are retried. */
const LONGEST_RETRY_MS = 1_000;

/** Handles a batch completely: every record is settled when this returns, unless the signal stopped it. */
export async function handleBatch(entries: readonly Entry[], context: BatchContext): Promise<void> {
  const open: Attempt[] = [{ entries, failures: 0, invokeCount: 0, threw: false }];
  for (let next = open.shift(); next && !context.signal.aborted; next = open.shift()) {
    open.unshift(...(await attempt(next, context)));
  }
}

/** Invokes the handler once; returns the attempts that remain, in the order of their records. */
async function attempt(current: Attempt, context: BatchContext): Promise<Attempt[]> {
  const { settings, settle, signal, sleep } = context;
  const entries = await dropExpired(current, context);
  if (entries.length === 0) return [];
  const { failedFrom, threw } = await invoke(entries, context);
  const invokeCount = current.invokeCount + 1;
  settle(entries.slice(0, failedFrom));
  const rest = entries.slice(failedFrom);
  if (rest.length === 0) return [];

  const again = { entries: rest, failures: current.failures, invokeCount, threw };
  if (settings.bisectBatchOnFunctionError) {
    // The split is at the reported record, or in the middle when nothing precedes that record.
    if (failedFrom > 0) return [again];
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)];
    if (rest.length > 1) return halves.map((half) => ({ ...again, entries: half }));
  }
  const failures = current.failures + 1;
  const isLast = settings.maximumRetryAttempts >= 0 && failures > settings.maximumRetryAttempts;
  if (isLast) {
    await discard({ ...again, failures }, "RetryAttemptsExhausted", context);
    return [];
  }
  await sleep(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS), signal);
  return [{ ...again, failures }];
}

/** Discards the records at the front that have become too old, and returns the others. */
async function dropExpired(current: Attempt, context: BatchContext): Promise<readonly Entry[]> {
  const { maximumRecordAgeSeconds } = context.settings;
  if (maximumRecordAgeSeconds === -1) return current.entries;
  const oldestMs = context.now() - maximumRecordAgeSeconds * 1_000;
  const alive = current.entries.findIndex((entry) => entry.createdMs >= oldestMs);
  const expired = alive === -1 ? current.entries : current.entries.slice(0, alive);
  await discard({ ...current, entries: expired }, "RecordAgeExceeded", context);
  return current.entries.slice(expired.length);
}

async function discard(
  { entries, invokeCount, threw }: Attempt,
  condition: GivenUp["condition"],
  { giveUp, settle }: BatchContext,
): Promise<void> {
  const [first, ...others] = entries;
  if (first === undefined) return;
  await giveUp({ entries: [first, ...others], condition, invokeCount, threw });
  settle(entries);
}

/** Index of the first record to retry; the number of records if all succeeded. */
async function invoke(
  entries: readonly Entry[],
  { invoke: run, log }: BatchContext,
): Promise<{ failedFrom: number; threw: boolean }> {
  try {
    const response = await run({ Records: entries.map(({ record }) => record) });
    const failedFrom = firstFailure(response, entries);
    if (failedFrom < entries.length)
      log(`${entries.length - failedFrom} of ${entries.length} records failed; retrying`);
    return { failedFrom, threw: false };
  } catch (error) {
    log(
      `a batch of ${entries.length} failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    return { failedFrom: 0, threw: true };
  }
}

/**
 * Reads `batchItemFailures`: the lowest sequence number counts. An absent, null or empty list is success. Any other
 * value than a list, or an identifier that is not in the batch, fails the whole batch. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
function firstFailure(response: unknown, entries: readonly Entry[]): number {
  const items = property(response, "batchItemFailures");
  if (items === undefined || items === null) return entries.length;
  if (!Array.isArray(items)) return 0;
  const indexes = items.map((item: unknown) => {
    const identifier = property(item, "itemIdentifier");
    return Math.max(
      0,
      entries.findIndex((entry) => entry.sequenceNumber === identifier),
    );
  });
  return Math.min(entries.length, ...indexes);
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

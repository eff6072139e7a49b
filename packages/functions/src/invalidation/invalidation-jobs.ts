import type { InvalidationJob } from "@algoitny/core/job/job";
import type { JobTable } from "@algoitny/core/job/job.table";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import {
  type ByHandOptions,
  invalidateManually,
  InvalidationRequest,
} from "./manual-invalidation.ts";
import { jobOf, MOST_TRIES } from "./invalidation-requests.ts";
import { describeError, type Log, redact } from "../telemetry/log.ts";

/** Time reserved for saving the outcome: 5 seconds. */
const RESERVE_MS = 5_000;

/** Interval of a walk's progress reports: once a second. */
const PROGRESS_MS = 1_000;

export interface JobContext {
  cache: ByHandOptions["cache"];
  namesOf?: ByHandOptions["namesOf"];
  jobs: () => Promise<Pick<JobTable, "save">>;
  log: Log;
  remainingMs: () => number;
  now?: () => number;
}

/**
 * Runs the jobs of a batch. A job that fails goes back to the queue. After its last attempt, or if its time is over, its
 * status is `failed`.
 */
export async function runInvalidationJobs(
  { Records: records }: SQSEvent,
  context: JobContext,
): Promise<SQSBatchResponse> {
  const outcomes = await Promise.all(records.map((record) => runJob(record, context)));
  const failed = records.filter((_, index) => outcomes[index] === "again");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function runJob(record: SQSRecord, context: JobContext): Promise<"over" | "again"> {
  const { cache, log, now = Date.now } = context;
  try {
    const asked = jobOf(record);
    const attempts = Number(record.attributes.ApproximateReceiveCount);
    const job = { ...asked, attempts, status: "running" as const, started_at: iso(now()) };
    const progress = await openProgress(job, context);
    try {
      const request = InvalidationRequest.parse(job.request);
      const result = await invalidateManually(request, {
        cache,
        namesOf: context.namesOf,
        onProgress: (entries) => progress.report(entries),
      });
      await progress.end({ status: "done", result: { ...result } });
      log.info("asynchronous invalidation done", { id: job.id, ...sizes(result), attempts });
      return "over";
    } catch (error) {
      // Another walk would take as long: it is not retried.
      const isLast = error instanceof OutOfTime || attempts >= MOST_TRIES;
      const message = redact(error instanceof Error ? error.message : String(error));
      log.error("an invalidation failed", { id: job.id, attempts, error: describeError(error) });
      await progress.end({ status: isLast ? "failed" : "waiting", error: message });
      return error instanceof OutOfTime ? "over" : "again";
    }
  } catch (error) {
    const { messageId } = record;
    log.error("an invalidation job goes back to the queue", {
      messageId,
      error: describeError(error),
    });
    return "again";
  }
}

class OutOfTime extends Error {
  constructor(entries: number) {
    super(
      `the time was over after ${entries} entries were found: use tags or a narrower pattern, or clear everything`,
    );
  }
}

/** Writes a job's progress to the table, one write at a time; a failed progress write stops nothing. */
async function openProgress(job: InvalidationJob, context: JobContext) {
  const { remainingMs, log, now = Date.now } = context;
  const jobs = await context.jobs();
  let entries = 0;
  let lastMs = now();
  let writing = attempt({});

  function attempt(changes: Partial<InvalidationJob>): Promise<void> {
    return jobs
      .save({ ...job, entries, ...changes })
      .catch((error: unknown) =>
        log.warn("a job's progress was not saved", { id: job.id, error: describeError(error) }),
      );
  }

  await writing;
  return {
    report(found: number): void {
      entries = found;
      if (remainingMs() < RESERVE_MS) throw new OutOfTime(found);
      if (now() - lastMs < PROGRESS_MS) return;
      lastMs = now();
      writing = writing.then(() => attempt({}));
    },
    async end(changes: Partial<InvalidationJob>): Promise<void> {
      await writing;
      const finished = changes.status === "waiting" ? null : iso(now());
      await jobs.save({ ...job, entries, finished_at: finished, ...changes });
    },
  };
}

function sizes({ tags, keys, pattern }: Awaited<ReturnType<typeof invalidateManually>>) {
  return {
    tags: tags.length,
    keys: keys.length,
    ...(pattern && { resources: pattern.resources, entries: pattern.entries }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

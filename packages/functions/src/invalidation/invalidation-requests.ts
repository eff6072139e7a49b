import { randomUUID } from "node:crypto";
import { InvalidationJob } from "@algoitny/core/job/job";
import type { JobTable } from "@algoitny/core/job/job.table";
import type { SQSRecord } from "aws-lambda";
import { InvalidationRequest } from "./manual-invalidation.ts";
import { queues } from "../deployment/queues.ts";
import type { SendMessage } from "../sqs.ts";

const { deadLetters, visibilityTimeoutSeconds } = queues.InvalidationRequests;

/** Highest number of attempts at a job. */
export const { maxReceives: MOST_TRIES } = deadLetters;

export interface RequestContext {
  jobs: Pick<JobTable, "save">;
  /** Address of the queue; undefined if no queue is linked. */
  url: string | undefined;
  send: SendMessage;
  by: string;
  now?: () => number;
}

/** Saves the job and puts it into the queue; rejects if either fails. */
export async function requestInvalidation(
  request: InvalidationRequest,
  { jobs, url, send, by, now = Date.now }: RequestContext,
): Promise<InvalidationJob> {
  if (url === undefined) throw new Error("the queue InvalidationRequests is not linked");
  const job = newJob(request, { id: randomUUID(), by, atMs: now() });
  await jobs.save(job);
  await send({ url, body: JSON.stringify(job) });
  return job;
}

/** Job of a message: one that the API made, or a request that a person put into the queue, with the message's id. */
export function jobOf({ body, messageId, attributes }: SQSRecord): InvalidationJob {
  const message: unknown = JSON.parse(body);
  if ("request" in Object(message)) return InvalidationJob.parse(message);
  const atMs = Number(attributes.SentTimestamp);
  return newJob(InvalidationRequest.parse(message), { id: messageId, by: "the queue", atMs });
}

function newJob(
  request: InvalidationRequest,
  { id, by, atMs }: { id: string; by: string; atMs: number },
): InvalidationJob {
  return {
    id,
    status: "waiting",
    request: { ...request },
    requested_by: by,
    requested_at: new Date(atMs).toISOString(),
    started_at: null,
    finished_at: null,
    attempts: 0,
    entries: 0,
    result: null,
    error: null,
  };
}

/**
 * Job as clients see it. A last attempt that was cut off could not save its failure, so it is reported as failed here.
 */
export function toJobView(job: InvalidationJob, nowMs: number = Date.now()): InvalidationJob {
  const { status, attempts, started_at: startedAt } = job;
  const triedMs = startedAt === null ? 0 : nowMs - Date.parse(startedAt);
  const isCutOff = status === "running" && triedMs > visibilityTimeoutSeconds * 1_000;
  if (!isCutOff || attempts < MOST_TRIES) return job;
  return { ...job, status: "failed", error: "its last attempt timed out: request it again" };
}

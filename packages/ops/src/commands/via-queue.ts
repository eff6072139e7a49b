import { createAwsJson } from "@algoitny/functions/aws-json";
import * as z from "zod";
import { type Result, UsageError } from "./ops-command.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const Queues = z.object({ QueueUrls: z.array(z.url()).default([]) });
const Sent = z.object({ MessageId: z.string() });

const TIMEOUT_MS = 5_000;

/**
 * Puts a request into the stage's queue with the operator's AWS credentials: works while the API or its issuer is down.
 * The job has the message's id; once the API is back, it shows the job. Throws a UsageError without credentials, or if
 * there is not exactly one such queue.
 */
export async function invalidateViaQueue(
  request: object,
  stage: string,
  env: Environment,
): Promise<Result> {
  if (!env["AWS_ACCESS_KEY_ID"] || !env["AWS_REGION"])
    throw new UsageError(
      'the queue needs your AWS credentials: eval "$(aws configure export-credentials --format env)", and export AWS_REGION',
    );
  const call = createAwsJson({ service: "sqs", target: "AmazonSQS", timeoutMs: TIMEOUT_MS }, env);
  const endpoint = env["AWS_ENDPOINT_URL_SQS"] ?? `https://sqs.${env["AWS_REGION"]}.amazonaws.com/`;
  const prefix = `algoitny-${stage}-InvalidationRequests`;
  const { QueueUrls: urls } = Queues.parse(
    await call(endpoint, "ListQueues", { QueueNamePrefix: prefix }),
  );
  const [url, ...others] = urls;
  if (url === undefined || others.length > 0)
    throw new UsageError(
      `${urls.length} queues begin with ${prefix}: name the stage with --stage, and look at AWS_REGION and the account`,
    );
  const body = { QueueUrl: url, MessageBody: JSON.stringify(request) };
  const { MessageId: id } = Sent.parse(await call(endpoint, "SendMessage", body));
  return { data: { queue: url, job: id }, text: `in the queue, as the job ${id}` };
}

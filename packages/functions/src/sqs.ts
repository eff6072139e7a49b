/** One message for a queue; FIFO queues need the ids. */
export interface OutgoingMessage {
  url: string;
  body: string;
  /** Messages of a group are handled one after the other. */
  groupId?: string;
  /** A message with an id that was sent within the last 5 minutes is dropped. */
  deduplicationId?: string;
}

/** Rejects when the queue did not take the message. */
export type SendMessage = (message: OutgoingMessage) => Promise<void>;

/** Longest time that a message may take to be accepted, its second try included. */
const TIMEOUT_MS = 1_500;

const RETRIES = 1;

/** Environment variables that sign a request: Lambda sets them. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Sends by SQS's JSON protocol. A signer of 7 KB is loaded with the first message, where the SDK's client would take
 * 450 KB: a stale answer waits for this.
 */
export function createSendMessage(env: Environment = process.env): SendMessage {
  let opened: ReturnType<typeof open> | undefined;
  return async ({ url, body, groupId, deduplicationId }) => {
    const aws = await (opened ??= open(env));
    const response = await aws.fetch(new URL("/", url), {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.SendMessage",
      },
      body: JSON.stringify({
        QueueUrl: url,
        MessageBody: body,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`SQS answered ${response.status}: ${answer.slice(0, 200)}`);
  };
}

async function open(env: Environment) {
  const { AwsClient } = await import("aws4fetch");
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = env;
  return new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "",
    ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
    service: "sqs",
    region: AWS_REGION ?? "us-east-1",
    retries: RETRIES,
  });
}

/** One message for a queue; FIFO queues need the ids. */
export interface OutgoingMessage {
  url: string;
  body: string;
  /** Messages of a group are handled one after the other. */
  groupId?: string;
  /** A message with an id that was sent within the last 5 minutes is dropped. */
  deduplicationId?: string;
}

export type SendMessage = (message: OutgoingMessage) => Promise<void>;

/** Longest time that a message may take to be accepted: 1 second for one try, 2 tries. */
const CONNECTION_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 1_000;
const ATTEMPTS = 2;

/** The SDK's client is loaded with the first message: a hit never pays for it. */
export function createSendMessage(): SendMessage {
  let opened: ReturnType<typeof open> | undefined;
  return async ({ url, body, groupId, deduplicationId }) => {
    const { client, SendMessageCommand } = await (opened ??= open());
    await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: body,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
      }),
    );
  };
}

async function open() {
  const { SendMessageCommand, SQSClient } = await import("@aws-sdk/client-sqs");
  const client = new SQSClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return { client, SendMessageCommand };
}

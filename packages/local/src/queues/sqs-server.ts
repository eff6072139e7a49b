import { startAwsJsonServer } from "../aws-json-server.ts";
import { perform, type QueuesByName } from "./actions.ts";

const ACCOUNT = "000000000000";

/** SQS's JSON protocol over HTTP. */
export interface QueueServer {
  endpoint: string;
  urlOf: (name: string) => string;
  close(): Promise<void>;
}

/** Serves queues on a free port of 127.0.0.1. */
export async function startQueueServer(queues: QueuesByName): Promise<QueueServer> {
  const urlOf = (name: string) => `${server.endpoint}/${ACCOUNT}/${name}`;
  const server = await startAwsJsonServer({
    target: "AmazonSQS",
    errorNamespace: "com.amazonaws.sqs",
    perform: (action, body) => perform(action, body, queues, urlOf),
    errorHeaders,
  });
  return { ...server, urlOf };
}

/** Old clients read, from a header, the name that the error has in SQS's query protocol. */
function errorHeaders(code: string, isClientError: boolean): Record<string, string> {
  const queryCode = code === "QueueDoesNotExist" ? "AWS.SimpleQueueService.NonExistentQueue" : code;
  return { "x-amzn-query-error": `${queryCode};${isClientError ? "Sender" : "Receiver"}` };
}

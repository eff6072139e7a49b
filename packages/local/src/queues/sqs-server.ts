import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { perform, type QueuesByName } from "./actions.ts";
import { SqsError } from "./sqs-error.ts";

const ACCOUNT = "000000000000";
const TARGET = "AmazonSQS.";

/** SQS's JSON protocol over HTTP. */
export interface QueueServer {
  endpoint: string;
  urlOf: (name: string) => string;
  close(): Promise<void>;
}

/** Serves queues on a free port of 127.0.0.1. */
export async function startQueueServer(queues: QueuesByName): Promise<QueueServer> {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urlOf = (name: string) => `${endpoint}/${ACCOUNT}/${name}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const target = String(request.headers["x-amz-target"] ?? "");
      if (request.method !== "POST" || !target.startsWith(TARGET)) {
        throw new SqsError("UnsupportedOperation", "speak SQS's JSON protocol: POST, X-Amz-Target");
      }
      const body = parsed(await text(request));
      send(response, 200, perform(target.slice(TARGET.length), body, queues));
    } catch (error) {
      sendError(response, error);
    }
  }

  return {
    endpoint,
    urlOf,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new SqsError("SerializationException", "the request's body is no JSON");
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0", ...headers });
  response.end(JSON.stringify(body));
}

/** Old clients know errors by the names of SQS's query protocol, in a header. */
function sendError(response: ServerResponse, error: unknown): void {
  const isOurs = error instanceof SqsError;
  const code = isOurs ? error.code : "InternalFailure";
  const queryCode = code === "QueueDoesNotExist" ? "AWS.SimpleQueueService.NonExistentQueue" : code;
  const message = error instanceof Error ? error.message : String(error);
  send(
    response,
    isOurs ? 400 : 500,
    { __type: `com.amazonaws.sqs#${code}`, message },
    { "x-amzn-query-error": `${queryCode};${isOurs ? "Sender" : "Receiver"}` },
  );
}

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that the service refuses; `code` is the service's name for the error. */
export class AwsServiceError<Code extends string = string> extends Error {
  override readonly name: string = "AwsServiceError";
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

export interface AwsJsonService {
  /** Name before the dot of `X-Amz-Target`: `AmazonSQS`. */
  target: string;
  /** Prefix of its error types: `com.amazonaws.sqs`. */
  errorNamespace: string;
  perform: (action: string, body: unknown) => object;
  /** Headers of an error, in addition to its body. */
  errorHeaders?: (code: string, isClientError: boolean) => Record<string, string>;
}

/** Serves one AWS service by its JSON protocol on a free port of 127.0.0.1. Any other protocol is refused with a message. */
export async function startAwsJsonServer(
  service: AwsJsonService,
): Promise<{ endpoint: string; close(): Promise<void> }> {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [name, action = ""] = String(request.headers["x-amz-target"] ?? "").split(".");
      if (request.method !== "POST" || name !== service.target) {
        const advice = `speak ${service.target}'s JSON protocol: POST, X-Amz-Target`;
        throw new AwsServiceError("UnsupportedOperation", advice);
      }
      send(response, 200, service.perform(action, parsed(await text(request))));
    } catch (error) {
      sendError(response, error);
    }
  }

  function sendError(response: ServerResponse, error: unknown): void {
    const isClientError = error instanceof AwsServiceError;
    const code = isClientError ? error.code : "InternalFailure";
    const message = error instanceof Error ? error.message : String(error);
    const headers = service.errorHeaders?.(code, isClientError);
    const body = { __type: `${service.errorNamespace}#${code}`, message };
    send(response, isClientError ? 400 : 500, body, headers);
  }

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
    throw new AwsServiceError("SerializationException", "the request's body is not JSON");
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

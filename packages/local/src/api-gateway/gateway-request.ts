import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { headerPairs, type GatewayRequest } from "./gateway-event.ts";

/**
 * Largest request line and header values together, in bytes; more is a 431.
 * Source of the limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export const MAX_HEAD_BYTES = 10_240;

/** Largest request body in bytes; more is a 413. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Size that `MAX_HEAD_BYTES` limits. */
export function headBytes(message: IncomingMessage): number {
  const line = `${message.method} ${message.url} HTTP/${message.httpVersion}`;
  const values = headerPairs(message).reduce((sum, [, value]) => sum + value.length, 0);
  return line.length + values;
}

/** Reads the whole body; `undefined` when it is longer than `maxBytes`: the rest is dropped. */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(message.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    message.once("end", () => resolve(Buffer.concat(chunks)));
    message.once("error", reject);
    message.once("close", () => reject(new Error("the client went away before its request ended")));
  });
}

/** Everything except the body and the decoded path. */
export function requestOf(message: IncomingMessage): Omit<GatewayRequest, "body" | "path"> {
  const [rawPath = "/", ...query] = (message.url ?? "/").split("?");
  return {
    method: message.method ?? "GET",
    rawPath,
    rawQueryString: query.join("?"),
    headers: headerPairs(message),
    protocol: `HTTP/${message.httpVersion}`,
    sourceIp: message.socket.remoteAddress ?? "127.0.0.1",
    requestId: randomUUID(),
    timeEpochMs: Date.now(),
  };
}

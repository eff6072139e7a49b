import { isUtf8 } from "node:buffer";
import type { Reply } from "../http/create-reply.ts";
import { type Content, sendable } from "../http/representation.ts";
import { isHttpApi, type LambdaEvent } from "./lambda-event.ts";

/** A result that API Gateway (1.0 and 2.0), load balancers and function URLs accept. */
export interface LambdaResult {
  statusCode: number;
  headers: Record<string, string>;
  /** Only for a load balancer with multi-value headers, and in results of a REST API's handler. */
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
  /** One Set-Cookie header each, in payload 2.0. */
  cookies?: string[];
}

/** Writes an answer in the format of the event's sender. */
export async function resultOf(
  event: LambdaEvent,
  { status, headers, body }: Reply,
): Promise<LambdaResult> {
  const sent = bodyOf(body, "content-encoding" in headers);
  const result = { statusCode: status, headers, ...sent };
  return isHttpApi(event) ? result : (await import("./proxy-event.ts")).inForm(event, result);
}

/** Text stays as it is, which is shorter than base64; compressed bodies and bytes that are not UTF-8 become base64. */
export function bodyOf(
  content: Content,
  isCoded: boolean,
): Pick<LambdaResult, "body" | "isBase64Encoded"> {
  if (content === null || typeof content === "string")
    return { body: content ?? "", isBase64Encoded: false };
  if (isCoded && "base64" in content) return { body: content.base64, isBase64Encoded: true };
  const bytes = Buffer.from(sendable(content) as Uint8Array);
  const isText = !isCoded && isUtf8(bytes);
  return { body: bytes.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}

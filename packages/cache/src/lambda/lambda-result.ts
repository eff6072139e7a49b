import { isUtf8 } from "node:buffer";
import type { Reply } from "../http/create-reply.ts";
import type { Content } from "../http/representation.ts";
import type { Answer } from "../http/storable.ts";
import { joinedValues, type LambdaEvent, takesLists } from "./lambda-event.ts";

/** A result that API Gateway (1.0 and 2.0), load balancers and function URLs take. */
export interface LambdaResult {
  statusCode: number;
  headers: Record<string, string>;
  /** Of a load balancer that is set to lists, and what a handler of a REST API has said. */
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
  /** One Set-Cookie header each, in payload 2.0. */
  cookies?: string[];
}

/** Writes an answer as the event's sender takes it. */
export function resultOf(event: LambdaEvent, { status, headers, body }: Reply): LambdaResult {
  const sent = bodyOf(body, "content-encoding" in headers);
  return inForm(event, { statusCode: status, headers, ...sent });
}

/** The result in the form that its sender reads: a load balancer that takes lists reads lists alone. */
export function inForm(event: LambdaEvent, result: LambdaResult): LambdaResult {
  if (!takesLists(event)) return result;
  const lists = Object.entries(result.headers).map(([name, value]) => [name, [value]]);
  const multiValueHeaders = { ...Object.fromEntries(lists), ...result.multiValueHeaders };
  return { ...result, headers: {}, multiValueHeaders };
}

/** Text as it is, which is shorter than base64; what is coded or no UTF-8 in base64. */
export function bodyOf(
  content: Content,
  isCoded: boolean,
): Pick<LambdaResult, "body" | "isBase64Encoded"> {
  if (content === null) return { body: "", isBase64Encoded: false };
  if (typeof content === "string") return { body: content, isBase64Encoded: false };
  if ("base64" in content) {
    if (isCoded) return { body: content.base64, isBase64Encoded: true };
    return bodyOf(Buffer.from(content.base64, "base64"), false);
  }
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return !isCoded && isUtf8(bytes)
    ? { body: bytes.toString(), isBase64Encoded: false }
    : { body: bytes.toString("base64"), isBase64Encoded: true };
}

/** What a handler returned, as API Gateway reads it: anything without a `statusCode` is the body of a 200. */
export function toResult(returned: unknown): LambdaResult {
  if (!isStructured(returned)) {
    const body = typeof returned === "string" ? returned : (JSON.stringify(returned) ?? "");
    return {
      statusCode: 200,
      headers: { "content-type": "application/json" },
      body,
      isBase64Encoded: false,
    };
  }
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded, cookies } = returned;
  const lists = named(multiValueHeaders).map(([name, values]) => [
    name,
    [values].flat().map(String),
  ]);
  const single = named(headers).map(([name, value]) => [name, String(value)]);
  const untyped = !("content-type" in Object.fromEntries(lists));
  return {
    statusCode,
    headers: {
      ...(untyped && { "content-type": "text/plain; charset=utf-8" }),
      ...Object.fromEntries(single),
    },
    ...(multiValueHeaders && { multiValueHeaders: Object.fromEntries(lists) }),
    body: body ?? "",
    isBase64Encoded: isBase64Encoded ?? false,
    ...(cookies && { cookies }),
  };
}

/** Headers by names in lower case, without those that have no value. */
function named(headers: Readonly<Record<string, unknown>> | null | undefined): [string, unknown][] {
  return Object.entries(headers ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name.toLowerCase(), value]);
}

export function answerOf(native: LambdaResult): Answer<LambdaResult> {
  const { statusCode, headers, multiValueHeaders = {}, cookies = [], body } = native;
  const all = { ...headers, ...joinedValues(multiValueHeaders) };
  return {
    status: statusCode,
    headers: all,
    setsCookie: cookies.length > 0 || "set-cookie" in all,
    native,
    copy: () => native,
    bytes: async () => Buffer.from(body, native.isBase64Encoded ? "base64" : "utf8"),
  };
}

interface Structured {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean | null;
  readonly cookies?: string[] | null;
}

function isStructured(returned: unknown): returned is Structured {
  return typeof returned === "object" && returned !== null && "statusCode" in returned;
}

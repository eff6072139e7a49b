import type { Answer } from "../http/storable.ts";
import type { LambdaResult } from "./lambda-result.ts";
import { joinedValues } from "./proxy-event.ts";

/** Result of a handler, as an HTTP API (payload 2.0) reads it: anything without a `statusCode` is the body of a 200. */
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

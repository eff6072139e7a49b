import type { HttpResult } from "./event.ts";

/** What a handler returned, as API Gateway reads it: anything without a `statusCode` is the body of a 200. */
export function toResult(returned: unknown): HttpResult {
  if (!isStructured(returned)) {
    const body = typeof returned === "string" ? returned : (JSON.stringify(returned) ?? "");
    return {
      statusCode: 200,
      headers: { "content-type": "application/json" },
      body,
      isBase64Encoded: false,
    };
  }
  const { statusCode, headers = {}, body = "", isBase64Encoded = false, cookies } = returned;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    statusCode,
    headers: { "content-type": "text/plain; charset=utf-8", ...Object.fromEntries(named) },
    body,
    isBase64Encoded,
    ...(cookies && { cookies }),
  };
}

interface Structured {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly cookies?: string[];
}

function isStructured(returned: unknown): returned is Structured {
  return typeof returned === "object" && returned !== null && "statusCode" in returned;
}

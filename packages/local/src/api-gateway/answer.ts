import { z } from "zod";

/** What goes back to the client. */
export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  cookies: readonly string[];
  body: Buffer;
}

/** What a function answers with in payload format 2.0 when it says more than a body. */
const StructuredResult = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Written by the gateway itself, whatever the function says. */
const OWN_HEADERS = new Set(["content-length", "connection", "transfer-encoding", "date"]);

/** Largest answer of a function, as JSON: 6 MB and 100 bytes. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_RESULT_BYTES = 6 * 1024 * 1024 + 100;

/** An answer that the gateway gives by itself: AWS fixes these bodies, an HTTP API cannot change them. */
export function gatewayAnswer(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    cookies: [],
    body: Buffer.from(JSON.stringify({ message })),
  };
}

const badResult = () => gatewayAnswer(500, "Internal Server Error");

function inferred(result: unknown): Answer {
  const body = typeof result === "string" ? result : JSON.stringify(result ?? null);
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    cookies: [],
    body: Buffer.from(body),
  };
}

function structured(result: object): Answer {
  const parsed = StructuredResult.safeParse(result);
  if (!parsed.success) return badResult();
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!OWN_HEADERS.has(name.toLowerCase())) sent[name.toLowerCase()] = String(value);
  }
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > 0) sent["content-type"] ??= "text/plain; charset=utf-8";
  return { status: statusCode, headers: sent, cookies: cookies ?? [], body: bytes };
}

/** A function's result as the client gets it: without `statusCode` any JSON is a 200; too much or nonsense a 500. */
export function toAnswer(result: unknown): Answer {
  const json = JSON.stringify(result);
  if (json !== undefined && Buffer.byteLength(json) > MAX_RESULT_BYTES) return badResult();
  const isStructured = typeof result === "object" && result !== null && "statusCode" in result;
  return isStructured ? structured(result) : inferred(result);
}

import { validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";

/** HTTP response that the gateway sends to the client. */
export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  cookies: readonly string[];
  body: Buffer;
}

/** Lambda result in payload format 2.0, for a function that returns more than a body. */
const StructuredResult = z.object({
  statusCode: z
    .union([z.number(), z.string()])
    .pipe(z.coerce.number<number | string>().int().min(200).max(599)),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Headers that belong to one connection, or that the gateway sets itself: a function's are dropped. */
const DROPPED_HEADERS = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/**
 * A result with this header is an error, because Node refuses to send the header: it announces fields after a chunked
 * body, and no answer is chunked.
 */
const REFUSED_HEADER = "trailer";

/**
 * A function's result is too large, or not an HTTP answer: the client gets a 500, and the log gets this message, which
 * contains names, never values.
 */
export class ResultError extends Error {
  override readonly name = "ResultError";
}

/**
 * Largest event, and largest result, of a function as JSON: 6 MB and 100 bytes. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_RESULT_BYTES = 6 * 1024 * 1024 + 100;

/** An answer that the gateway itself makes: AWS fixes these bodies, an HTTP API cannot change them. */
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

function inferred(result: unknown): Answer {
  const body = typeof result === "string" ? result : JSON.stringify(result ?? null);
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    cookies: [],
    body: Buffer.from(body),
  };
}

/** Node's own check, before the answer is made: `writeHead` would throw for the same header, outside of the gateway. */
function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ResultError(`the header ${JSON.stringify(name)} cannot be sent: ${why}`);
  }
}

function structured(result: object): Answer {
  const parsed = StructuredResult.safeParse(result);
  if (!parsed.success) {
    throw new ResultError(`the result is not an HTTP answer:\n${z.prettifyError(parsed.error)}`);
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const sent: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers ?? {})) {
    const [lowerName, value] = [name.toLowerCase(), String(given)];
    if (DROPPED_HEADERS.has(lowerName)) continue;
    checkHeader(lowerName, value);
    if (lowerName === REFUSED_HEADER) throw new ResultError("the header trailer cannot be sent");
    sent[lowerName] = value;
  }
  for (const cookie of cookies ?? []) checkHeader("set-cookie", cookie);
  const bytes = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > 0) sent["content-type"] ??= "text/plain; charset=utf-8";
  return { status: statusCode, headers: sent, cookies: cookies ?? [], body: bytes };
}

/**
 * Converts a function's result to the client's answer. A result without `statusCode` becomes a 200 whose body is the
 * result as JSON, or unchanged if it is a string. Throws a ResultError for a result that is too large or is not an HTTP
 * answer.
 */
export function toAnswer(result: unknown): Answer {
  const bytes = Buffer.byteLength(JSON.stringify(result) ?? "");
  if (bytes > MAX_RESULT_BYTES) {
    throw new ResultError(
      `the result has ${bytes} bytes; Lambda returns ${MAX_RESULT_BYTES} at most`,
    );
  }
  const isStructured = typeof result === "object" && result !== null && "statusCode" in result;
  return isStructured ? structured(result) : inferred(result);
}

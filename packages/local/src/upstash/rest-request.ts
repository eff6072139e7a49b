import type { IncomingMessage } from "node:http";
import type { Argument, Command } from "../redis/reply.ts";
import { HttpError } from "./rest-error.ts";

/** Upstash's limit for the body of a request on its free and pay-as-you-go plans. */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

/** A parsed URL: the path's bytes, and the query. */
export interface Target {
  path: Buffer[];
  query: URLSearchParams;
}

export function parseTarget(url: string): Target {
  const [path = "", query] = url.split("?", 2);
  const segments = path.split("/").slice(1);
  if (segments.at(-1) === "") segments.pop();
  return { path: segments.map(percentDecoded), query: new URLSearchParams(query) };
}

/** decodeURIComponent refuses bytes that are not UTF-8; Redis accepts them. */
function percentDecoded(segment: string): Buffer {
  const bytes = segment.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

/** The body; reads even a body that is too large to its end, so that its sender gets the answer. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  if (size <= MAX_REQUEST_BYTES) return Buffer.concat(chunks);
  throw new HttpError(
    400,
    `ERR max request size exceeded. Limit: ${MAX_REQUEST_BYTES} bytes, Actual: ${size} bytes. ` +
      "See https://upstash.com/docs/redis/troubleshooting/max_request_size_exceeded for details",
  );
}

/** `POST /`: one command as a JSON array. */
export function commandInBody(body: Buffer): Command {
  return toCommand(parseJson(body));
}

/** `POST /pipeline` and `/multi-exec`: a JSON array of commands. */
export function commandsInBody(body: Buffer): Command[] {
  const rows = parseJson(body);
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new HttpError(400, "ERR expected a non-empty JSON array of commands");
  }
  return rows.map(toCommand);
}

/** `/set/foo/bar?EX=100`: segments, then the body, then the query. */
export function commandInPath({ path, query }: Target, body: Buffer): Command {
  const extra = [...query].filter(([name]) => name !== "_token");
  const words = extra.flatMap(([name, value]) => (value === "" ? [name] : [name, value]));
  return [...path, ...(body.length > 0 ? [body] : []), ...words];
}

function toCommand(row: unknown): Command {
  if (!Array.isArray(row) || row.length === 0) {
    throw new HttpError(400, "ERR a command is a non-empty JSON array");
  }
  return row.map(toArgument);
}

function toArgument(value: unknown): Argument {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  throw new HttpError(400, "ERR arguments of a command are strings, numbers or booleans");
}

/** Numbers keep the text that was sent: `12345678901234567890` has no exact number in JavaScript. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(
      body.toString(),
      (_key: string, value: unknown, context?: { source?: string }) =>
        typeof value === "number" ? context?.source : value,
    );
  } catch {
    throw new HttpError(400, "ERR failed to parse the request's body as JSON");
  }
}

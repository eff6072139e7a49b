import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { HttpResult } from "../endpoint/http-event.ts";

/** Allows no other origin, no inline code or style, and no text that becomes markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HOUR_SECONDS = 3_600;
const YEAR_SECONDS = 365 * 24 * HOUR_SECONDS;

/** The document, in the folder of the page's files. */
const DOCUMENT = "index.html";

/** Matches an Accept-Encoding that lists Brotli with a weight above 0. */
const BROTLI = /(?:^|,)\s*br\s*(?:$|,|;\s*q=(?:0\.0{0,2}[1-9]|1))/i;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/**
 * Answers with one file of the dashboard; without a name, with `index.html`. `folder` contains each file twice, plain
 * and as Brotli with the ending `.br`. An unknown name is a 404.
 */
export async function pageAnswer(
  folder: URL,
  {
    name = DOCUMENT,
    acceptEncoding = "",
  }: { name?: string | undefined; acceptEncoding?: string | undefined },
): Promise<HttpResult> {
  const type = /^\w[\w-]*\.\w+$/.test(name) ? TYPES[extname(name)] : undefined;
  const takesBrotli = BROTLI.test(acceptEncoding);
  const stored = new URL(takesBrotli ? `${name}.br` : name, folder);
  const body = type && (await readFile(stored).catch(() => undefined));
  if (!body)
    return { statusCode: 404, headers: { "content-type": "text/plain" }, body: "not found" };
  return {
    statusCode: 200,
    headers: {
      "content-type": type,
      "cache-control":
        name === DOCUMENT ? "no-cache" : `public, max-age=${YEAR_SECONDS}, immutable`,
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "strict-transport-security": `max-age=${YEAR_SECONDS}`,
      "x-content-type-options": "nosniff",
      vary: "accept-encoding",
      ...(takesBrotli && { "content-encoding": "br" }),
    },
    body: body.toString("base64"),
    isBase64Encoded: true,
  };
}

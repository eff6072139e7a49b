import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { COMPRESS_FROM_BYTES, plainBytes } from "../codec.ts";
import type { Entry } from "../protocol/entry.ts";
import type { HttpResult } from "./event.ts";
import type { Coding, Offer } from "./negotiate.ts";

const compressGzip = promisify(gzip);

/** What of an entry its bytes depend on. */
interface Stored {
  readonly header: Pick<Entry["header"], "coding" | "kind" | "plainLength">;
  readonly body: string;
}

/** What there is to choose from. Short bodies are not worth a coding, and plain bytes are plain because none helps. */
export function offerOf({ header, body }: Stored): Offer {
  const worthCoding =
    header.coding === "br" || (header.kind === "json" && body.length >= COMPRESS_FROM_BYTES);
  return { stored: header.coding, worthCoding };
}

/** The strong ETag of an entry in a coding: each coding has its own, because its bytes are its own (RFC 9110 §8.8.3.3). */
export function etagOf({ header }: Entry, coding: Coding): string {
  return coding === header.coding ? `"${header.etag}"` : `"${header.etag}-${coding}"`;
}

/** The body of an entry in a coding; in the stored coding it is handed over without being touched. */
export async function bodyOf(
  { header, body }: Stored,
  coding: Coding,
): Promise<Pick<HttpResult, "body" | "isBase64Encoded">> {
  if (coding === header.coding) {
    if (coding === "br") return inBase64(body);
    return header.kind === "json"
      ? { body, isBase64Encoded: false }
      : asText(Buffer.from(body, "base64"));
  }
  const { kind, plainLength } = header;
  const bytes = await plainBytes({ body, coding: header.coding, kind, plainLength });
  if (coding === "identity") return asText(bytes);
  const packed = coding === "gzip" ? await compressGzip(bytes) : await inBrotli(bytes, kind);
  return inBase64(packed.toString("base64"));
}

async function inBrotli(bytes: Buffer, kind: "json" | "bytes"): Promise<Buffer> {
  const { brotli } = await import("../encode.ts");
  return brotli(bytes, { text: kind === "json" });
}

/** Text as it is, which is shorter than base64; bytes that are no UTF-8 in base64. */
export function asText(bytes: Buffer): Pick<HttpResult, "body" | "isBase64Encoded"> {
  return isUtf8(bytes)
    ? { body: bytes.toString(), isBase64Encoded: false }
    : inBase64(bytes.toString("base64"));
}

function inBase64(body: string): Pick<HttpResult, "body" | "isBase64Encoded"> {
  return { body, isBase64Encoded: true };
}

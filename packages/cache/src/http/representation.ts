import { type Body, plainBytes } from "../codec.ts";
import { COMPRESS_FROM_BYTES } from "../compress-from.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Coding, Offer } from "./negotiate.ts";

/**
 * A body in its current form: text, bytes, or the stored base64, which some gateways accept unchanged. Null: no body is
 * sent.
 */
export type Content = string | Uint8Array | { readonly base64: string } | null;

/**
 * Short bodies are not worth compressing. Nor are bytes that are stored uncompressed: compression did not make them
 * smaller, unless their resource turns it off.
 */
export function offerOf({ header }: Pick<Body, "header">): Offer {
  const worthCoding =
    header.coding !== "identity" ||
    (header.kind === "json" && header.plainLength >= COMPRESS_FROM_BYTES);
  return { stored: header.coding, worthCoding };
}

/** The strong ETag of an entry in a coding: each coding has its own, because its bytes are its own (RFC 9110 §8.8.3.3). */
export function etagOf({ header }: Entry, coding: Coding): string {
  return coding === header.coding ? `"${header.etag}"` : `"${header.etag}-${coding}"`;
}

/** The body of an entry in a coding; in the stored coding it is passed on unchanged. */
export async function contentOf(stored: Body, coding: Coding): Promise<Content> {
  const { header, body } = stored;
  const { kind } = header;
  if (coding === header.coding)
    return coding === "identity" && kind === "json" ? body : { base64: body };
  const bytes = plainBytes(stored);
  if (coding === "identity") return bytes;
  const { compress } = await import("../encode.ts");
  return compress(bytes, coding, { text: kind === "json" });
}

/** The body as text or bytes, for servers that send bytes: stored base64 is decoded. */
export function sendable(content: Content): string | Uint8Array | null {
  return content !== null && typeof content === "object" && "base64" in content
    ? Buffer.from(content.base64, "base64")
    : content;
}

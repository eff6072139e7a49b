import { Buffer } from "node:buffer";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Serializer } from "./resource.ts";

/** A value as it is stored: text, if it is JSON or a serializer's text and not compressed; otherwise bytes in base64. */
export interface Body {
  readonly header: {
    readonly coding: "identity" | "br" | "gzip";
    /** `custom`: text for the resource's serializer. */
    readonly kind: "json" | "bytes" | "custom";
    /** Length of the decoded body, in bytes: a body that decodes to more is damaged. */
    readonly plainLength: number;
  };
  readonly body: string;
}

/**
 * Synchronous, because the thread pool adds 0.1 ms and is slower at every size. The `JSON.parse` that follows holds up the
 * event loop anyway, and for twice as long.
 */
const DECODERS: Readonly<Record<"br" | "gzip", Decoder>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
};

type Decoder = (coded: Buffer, options: { maxOutputLength: number }) => Buffer;

/**
 * Decodes a stored body into its value; throws if it cannot be decompressed or parsed, or if its serializer is missing. Text of
 * another serializer is noticed only if `parse` refuses it.
 */
export function decodeBody(
  stored: Body,
  kept: { text?: string } = {},
  serializer?: Pick<Serializer, "parse">,
): unknown {
  const { kind, coding } = stored.header;
  if (kind === "bytes") return new Uint8Array(plainBytes(stored));
  kept.text ??= coding === "identity" ? stored.body : String(plainBytes(stored));
  return (kind === "json" ? JSON : (serializer as Serializer)).parse(kept.text);
}

/** The body's bytes without a content coding. */
export function plainBytes({ header, body }: Body): Buffer {
  const { coding, kind, plainLength } = header;
  return coding === "identity"
    ? Buffer.from(body, kind === "bytes" ? "base64" : "utf8")
    : DECODERS[coding](Buffer.from(body, "base64"), { maxOutputLength: plainLength || 1 });
}

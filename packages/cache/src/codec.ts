import { brotliDecompressSync, gunzipSync } from "node:zlib";

/** A value as it is stored and sent: JSON text when it is JSON and not compressed, else bytes in base64. */
export interface Body {
  readonly header: {
    readonly coding: "identity" | "br" | "gzip";
    /** `custom`: text that a resource's serializer reads. */
    readonly kind: "json" | "bytes" | "custom";
    /** Bytes without the coding: a body that decodes to more is damaged. */
    readonly plainLength: number;
  };
  readonly body: string;
}

/**
 * Without the thread pool: that adds 0.1 ms and is slower at every size, and the `JSON.parse` that follows, which
 * holds up the event loop anyway, takes twice as long.
 */
const DECODERS: Readonly<Record<"br" | "gzip", Decoder>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
};

type Decoder = (coded: Buffer, options: { maxOutputLength: number }) => Buffer;

/** Turns what was stored back into the value; throws when the body is damaged. */
export function decodeBody(
  stored: Body,
  kept: { text?: string } = {},
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  if (stored.header.kind === "bytes") return new Uint8Array(plainBytes(stored));
  kept.text ??= stored.header.coding === "identity" ? stored.body : String(plainBytes(stored));
  return parse(kept.text);
}

/** The body's bytes without a content coding. */
export function plainBytes({ header, body }: Body): Buffer {
  const { coding, kind, plainLength } = header;
  return coding === "identity"
    ? Buffer.from(body, kind === "bytes" ? "base64" : "utf8")
    : DECODERS[coding](Buffer.from(body, "base64"), { maxOutputLength: plainLength || 1 });
}

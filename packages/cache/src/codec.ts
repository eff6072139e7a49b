import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

/** A value as it is stored and sent: JSON text when it is JSON and not compressed, else bytes in base64. */
export interface Body {
  readonly body: string;
  readonly coding: "identity" | "br";
  readonly kind: "json" | "bytes";
  /** Bytes without the coding: a body that decodes to more is damaged. */
  readonly plainLength: number;
}

/** Smaller bodies stay as they are: within one network packet there is nothing to win. */
export const COMPRESS_FROM_BYTES = 1_024;

const decompressBrotli = promisify(brotliDecompress);

/** Turns what was stored back into the value; throws when the body is damaged. */
export async function decodeBody(stored: Body): Promise<unknown> {
  if (stored.kind === "json" && stored.coding === "identity") return JSON.parse(stored.body);
  const bytes = await plainBytes(stored);
  return stored.kind === "json" ? JSON.parse(bytes.toString()) : new Uint8Array(bytes);
}

/** The body's bytes without a content coding. */
export async function plainBytes({ body, coding, kind, plainLength }: Body): Promise<Buffer> {
  if (coding === "br")
    return decompressBrotli(Buffer.from(body, "base64"), {
      maxOutputLength: Math.max(1, plainLength),
    });
  return Buffer.from(body, kind === "json" ? "utf8" : "base64");
}

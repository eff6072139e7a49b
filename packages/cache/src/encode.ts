import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Body } from "./codec.ts";
import { COMPRESS_FROM_BYTES } from "./compress-from.ts";
import { checkJsonValue } from "./json-value.ts";
import type { AnyResource } from "./resource.ts";

export interface EncodedBody {
  readonly body: string;
  readonly coding: Body["header"]["coding"];
  readonly kind: Body["header"]["kind"];
  /** Hash of the bytes that are stored, as text or in base64: 22 base64url characters, without the quotes of an ETag. */
  readonly etag: string;
  /** Bytes before compression. */
  readonly plainLength: number;
}

/**
 * Measured on a JSON list of 400 items (98 KB, Node 24, one core): quality 4 makes 10.6 KB in 1.3 ms, 5 makes 9.7 KB
 * in 2.4 ms, 7 makes 9.5 KB in 12 ms, 11 makes 8.0 KB in 164 ms, gzip 6 makes 10.3 KB in 1.2 ms; at 24 KB, 3.0, 2.7,
 * 2.7, 2.4 and 3.0 KB. Above 5 a fill waits longer than a reader ever saves; reading takes under 1 ms at any quality.
 */
const BROTLI_QUALITY = 5;

/** 132 of SHA-256's 256 bits: enough that no two bodies of one URL share them. */
const ETAG_CHARACTERS = 22;

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/**
 * Turns a value into what is stored. Without a serializer, any JSON value and a Uint8Array come back exactly (-0 as 0),
 * and anything else throws a CacheError (`value_unsupported`) with the path to it. With a coding, bodies of 1 KiB and more
 * are compressed when that makes what is stored shorter.
 */
export async function encodeBody(
  value: unknown,
  {
    compression,
    serializer,
  }: Pick<AnyResource, "compression"> & Partial<Pick<AnyResource, "serializer">>,
): Promise<EncodedBody> {
  const { kind, bytes, plain } = serializer
    ? ofText(serializer.stringify(value), "custom")
    : value instanceof Uint8Array
      ? ofBytes(value)
      : ofJson(value);
  const plainLength = bytes.length;
  if (compression && bytes.length >= COMPRESS_FROM_BYTES) {
    const packed = await compress(bytes, compression, { text: kind !== "bytes" });
    const body = packed.toString("base64");
    if (body.length < Buffer.byteLength(plain)) {
      return { body, coding: compression, kind, etag: etagOf(packed), plainLength };
    }
  }
  return { body: plain, coding: "identity", kind, etag: etagOf(bytes), plainLength };
}

/** JSON text of a value that cannot be stored, for the reader that loaded it: the text may lose parts of the value. */
export function looseText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "null";
  }
}

/** Gzip at zlib's default level, or Brotli at the quality that fills use. */
export function compress(
  bytes: Buffer,
  coding: "br" | "gzip",
  { text }: { text: boolean },
): Promise<Buffer> {
  if (coding === "gzip") return compressGzip(bytes);
  return compressBrotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_MODE]: text
        ? constants.BROTLI_MODE_TEXT
        : constants.BROTLI_MODE_GENERIC,
    },
  });
}

/** A value before compression: its bytes, and the form in which they are stored if they stay uncompressed. */
interface PlainBody {
  readonly kind: Body["header"]["kind"];
  readonly bytes: Buffer;
  readonly plain: string;
}

function ofJson(value: unknown): PlainBody {
  checkJsonValue(value);
  return ofText(JSON.stringify(value), "json");
}

function ofText(plain: string, kind: "json" | "custom"): PlainBody {
  return { kind, bytes: Buffer.from(plain), plain };
}

function ofBytes(value: Uint8Array): PlainBody {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { kind: "bytes", bytes, plain: bytes.toString("base64") };
}

function etagOf(bytes: Buffer): string {
  return hash("sha256", bytes, "base64url").slice(0, ETAG_CHARACTERS);
}

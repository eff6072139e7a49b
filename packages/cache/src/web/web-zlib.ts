/**
 * Replacement for `node:zlib` in bundles for browsers: bodies are stored uncompressed, and compressed bodies of other
 * processes are misses.
 */

type Done = (error: null, bytes: Uint8Array) => void;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(text: string): number {
  let value = 0xffffffff;
  for (const byte of new TextEncoder().encode(text))
    value = (value >>> 8) ^ (TABLE[(value ^ byte) & 0xff] as number);
  return (value ^ 0xffffffff) >>> 0;
}

function refuse(): never {
  throw new Error("compressed bodies cannot be decoded in a browser");
}

export { refuse as brotliDecompressSync, refuse as gunzipSync };

/** Returns the bytes unchanged: a body that does not get shorter is stored uncompressed. */
export function brotliCompress(bytes: Uint8Array, _options: object, done: Done): void {
  done(null, bytes);
}

export function gzip(bytes: Uint8Array, done: Done): void {
  done(null, bytes);
}

export const constants = {};

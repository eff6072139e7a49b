import { Buffer } from "./web-buffer.ts";

/** Replacement for `node:crypto` in bundles for browsers: Web Crypto has no synchronous hash. */

const PRIMES = Array.from({ length: 312 }, (_, index) => index).filter(
  (each) =>
    each > 1 &&
    !Array.from({ length: each }, (_, by) => by).some((by) => by > 1 && each % by === 0),
);

/** First 32 bits of the fractional part. */
const fraction = (value: number) => ((value - Math.floor(value)) * 2 ** 32) >>> 0;

const ROUNDS = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

const turn = (word: number, by: number) => (word >>> by) | (word << (32 - by));

function sha256(bytes: Uint8Array): Uint8Array {
  const padded = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(bytes.length) * 8n);
  const state = [...START];
  for (let at = 0; at < padded.byteLength; at += 64) mix(state, padded, at);
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of state.entries()) digest.setUint32(index * 4, word);
  return new Uint8Array(digest.buffer);
}

/** One block of FIPS 180-4, section 6.2.2. */
function mix(state: number[], block: DataView, at: number): void {
  const words = Array.from({ length: 16 }, (_, index) => block.getUint32(at + index * 4));
  for (let index = 16; index < 64; index += 1) {
    const [w2, w15] = [words[index - 2] as number, words[index - 15] as number];
    const small0 = turn(w15, 7) ^ turn(w15, 18) ^ (w15 >>> 3);
    const small1 = turn(w2, 17) ^ turn(w2, 19) ^ (w2 >>> 10);
    words.push(
      ((words[index - 16] as number) + small0 + (words[index - 7] as number) + small1) | 0,
    );
  }
  let [a, b, c, d, e, f, g, h] = state as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (const [index, word] of words.entries()) {
    const large1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const one = (h + large1 + ((e & f) ^ (~e & g)) + (ROUNDS[index] as number) + word) | 0;
    const large0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const two = (large0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries())
    state[index] = ((state[index] as number) + word) | 0;
}

export function hash(_sha256: string, data: string | Uint8Array, encoding: string): string {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return Buffer.from(sha256(bytes)).toString(encoding);
}

export function createHash(name: string) {
  return {
    update: (data: string) => ({ digest: (encoding: string) => hash(name, data, encoding) }),
  };
}

export function randomBytes(count: number) {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(count)));
}

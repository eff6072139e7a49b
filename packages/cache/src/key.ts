import { createHash } from "node:crypto";

/** Longest key kept readable: 200 characters; a longer one keeps its start and ends in a hash of the whole. */
export const READABLE_KEY_LIMIT = 200;

const HASH_CHARACTERS = 43; // SHA-256 in base64url

/** A segment that is written as it stands, made by `optionalKey` alone. */
interface Verbatim {
  readonly verbatim: string;
}

export type KeyValue = string | number | boolean | Verbatim;

/**
 * Writes a parameter that may be missing: its value, or a word that stands for "not given".
 * A value that happens to be that word is escaped, so the two never share a key.
 */
export function optionalKey(value: string | number | undefined, word: string): Verbatim {
  if (value === undefined) return { verbatim: word };
  const segment = encodeSegment(value);
  return {
    verbatim: segment === word ? percent(segment.charCodeAt(0)) + segment.slice(1) : segment,
  };
}

/**
 * Escapes all that could be read as structure (`:`), as a glob (`*?[]`) or as an escape (`%`).
 * Lone surrogates become `%uXXXX`, so no two strings share a segment.
 */
export function encodeSegment(value: string | number | boolean): string {
  return String(value)
    .split(/(\p{Surrogate})/u)
    .map((part, index) =>
      index % 2 ? `%u${part.charCodeAt(0).toString(16).toUpperCase()}` : encodeText(part),
    )
    .join("");
}

/**
 * Builds a key from named parameters, in the order given: `{ platform: "a:b", page: 1 }` → `platform:a%3Ab:page:1`.
 * Keys over 200 characters keep a readable start and end in a hash of the whole.
 */
export function keyOf(parameters: Record<string, KeyValue>): string {
  const key = Object.entries(parameters)
    .map(
      ([name, value]) =>
        `${encodeSegment(name)}:${typeof value === "object" ? value.verbatim : encodeSegment(value)}`,
    )
    .join(":");
  return shorten(key);
}

function encodeText(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => percent(char.charCodeAt(0)));
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
}

/**
 * Keeps a key of up to 200 characters; of a longer one, the start and a hash of the whole. They are joined by `#`, which is
 * escaped in every segment: no value can be chosen so that its short key is a long one's.
 */
export function shorten(key: string): string {
  if (key.length <= READABLE_KEY_LIMIT) return key;
  const hash = createHash("sha256").update(key).digest("base64url");
  return `${key.slice(0, READABLE_KEY_LIMIT - HASH_CHARACTERS - 1)}#${hash}`;
}

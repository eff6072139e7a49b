import { createHash } from "node:crypto";
import { checkOwnKey, keyFault } from "./faults.ts";

/** Longest key kept readable: 200 characters; a longer one keeps its start and ends in a hash of the whole. */
export const READABLE_KEY_LIMIT = 200;

const HASH_CHARACTERS = 43; // SHA-256 in base64url

declare const brand: unique symbol;

/** The text of a key, made by `keyOf`. */
export type Key = string & { readonly [brand]: "key" };

export type Scalar = string | number | boolean | null | undefined;

/**
 * Anything that a key is made of. The order of an object's properties does not matter, that of a list's elements does. A
 * whole key is never undefined: that is the result of a function without `return`.
 */
export type KeyValue =
  | NonNullable<Scalar>
  | null
  | readonly (KeyValue | undefined)[]
  | { readonly [name: string]: KeyValue | undefined };

/** A segment that is written unescaped. Only `optionalKey` makes one. */
class Verbatim extends String {}

/**
 * Writes a parameter that may be missing: its value, or a word that stands for "not given".
 * A value that happens to be that word is escaped, so the two never share a key.
 */
export function optionalKey(value: string | number | undefined, word: string): KeyValue {
  const segment = value === undefined ? word : encodeSegment(value);
  const isTheWord = value !== undefined && segment === word;
  const text = isTheWord ? percent(word) + word.slice(1) : segment;
  return new Verbatim(text) as unknown as KeyValue;
}

/**
 * The text of a structured key: `{ page: 1, platform: "a:b" }` → `page:1:platform:a%3Ab`, whatever the order of the
 * properties, and `["platform", "a:b", "page", 1]` → `platform:a%3Ab:page:1`. `7` and `"7"` share a text, because a URL's
 * path has the text and a database's row the number; properties that are undefined are left out. A key over 200 characters
 * ends in a hash of the whole.
 *
 * For keys of `getOrSet`: a resource's `key` returns the value, not this text.
 */
export function keyOf(value: KeyValue): Key {
  return keyText(value, "key") as Key;
}

/**
 * The text of a key; throws a CacheError (`definition_invalid`) that names the part of which no key can be made. The
 * outermost list or object is written without brackets, except an empty one and a list of one element, which could be
 * taken for another value.
 */
export function keyText(value: unknown, path: string): string {
  const parts = partsOf(value, path);
  const isOpen = Array.isArray(value) ? value.length > 1 : parts !== undefined && parts.length > 0;
  return shorten(isOpen && parts ? parts.join(":") : textOf(value, path));
}

/** One segment, or a structure in brackets: a segment never contains a bracket, a comma, `;` or `=`. */
function textOf(value: unknown, path: string): string {
  if (value === null) return "~";
  if (value instanceof Verbatim) return String(value);
  const parts = partsOf(value, path);
  if (parts?.length === 0) return Array.isArray(value) ? "(;)" : "(=)";
  if (parts) return `(${parts.join(",")})`;
  return encodeSegment(keyFault(value, path));
}

/** The texts of the parts of a list or an object; undefined for anything else. */
function partsOf(value: unknown, path: string): string[] | undefined {
  if (Array.isArray(value))
    return Array.from(value, (item, index) =>
      item === undefined ? "~~" : textOf(item, `${path}[${index}]`),
    );
  if (!isPlain(value)) return undefined;
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, item]) => `${encodeSegment(name)}:${textOf(item, `${path}.${name}`)}`);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The default key: the parameter itself, where it is a scalar or a list of scalars. */
export function ownKey(params: unknown, about: string): string {
  const isText = params === undefined || typeof params === "string";
  checkOwnKey(params, about);
  return keyText(isText ? optionalKey(params, "all") : params, `${about}its parameter`);
}

/**
 * Escapes all that could be read as structure (`:`, `,`, brackets), as a marker (`~`), as a glob (`*?[]`) or as an escape
 * (`%`). Lone surrogates become `%uXXXX`, so no two strings share a segment.
 */
export function encodeSegment(value: string | number | boolean): string {
  const text = String(value);
  // Most texts need no escape, and the test costs a fraction of escaping.
  if (/^[\w.-]*$/.test(text)) return text;
  return text
    .split(/(\p{Surrogate})/u)
    .map((part, index) =>
      index % 2
        ? `%u${part.charCodeAt(0).toString(16).toUpperCase()}`
        : encodeURIComponent(part).replace(/[!'()*~]/g, percent),
    )
    .join("");
}

/** The escape of a text's first character, which is ASCII. */
function percent(text: string): string {
  return `%${text.charCodeAt(0).toString(16).toUpperCase()}`;
}

/**
 * Keeps a key of up to 200 characters; of a longer one, the start and a hash of the whole. `#` joins them and is escaped
 * in every segment, so that no value can be crafted whose key equals the shortened key of another.
 */
export function shorten(key: string): string {
  if (key.length <= READABLE_KEY_LIMIT) return key;
  const hash = createHash("sha256").update(key).digest("base64url");
  const start = key.slice(0, READABLE_KEY_LIMIT - HASH_CHARACTERS - 1);
  // In V8 a slice keeps the whole text in memory, as long as the key is remembered.
  return `${Array.from(start).join("")}#${hash}`;
}

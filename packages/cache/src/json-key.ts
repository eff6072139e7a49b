import { checkJsonValue, isPlainObject } from "./json-value.ts";
import { encodeSegment, keyOf, shorten } from "./key.ts";

/**
 * Builds a key from any JSON value, whatever the order of its properties: `{ b: [1], a: "x" }` → `a:x:b:[1]` (escaped).
 * Strings, numbers and nested values keep their type in the key: `"1"` and `1` differ. Properties that are undefined count
 * as absent; what is no JSON value, a Date or a Map for instance, throws a CacheError (`value_unsupported`).
 */
export function keyOfJson(value: unknown): string {
  if (!isPlainObject(value)) {
    checkJsonValue(value);
    return shorten(encodeSegment(canonicalJson(value)));
  }
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  checkJsonValue(Object.fromEntries(given));
  const sorted = given.toSorted(([left], [right]) => (left < right ? -1 : 1));
  return keyOf(Object.fromEntries(sorted.map(([name, inner]) => [name, keyText(inner)])));
}

/** Builds a key from a call's arguments, which must be JSON values or undefined: `(7, "x", { b: 1, a: 2 })`. */
export function keyOfArguments(args: readonly unknown[]): string {
  for (const value of args) if (value !== undefined) checkJsonValue(value);
  return shorten(
    args
      .map((value) => encodeSegment(value === undefined ? "undefined" : keyText(value)))
      .join(":"),
  );
}

function keyText(value: unknown): string {
  // A bare word is readable; quotes are kept where it could be taken for a number, a literal or a structure.
  return typeof value === "string" &&
    /^[a-z_][\w.-]*$/i.test(value) &&
    !/^(true|false|null|undefined)$/.test(value)
    ? value
    : canonicalJson(value);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .toSorted()
            .map((name) => [name, inner[name]]),
        )
      : inner,
  );
}

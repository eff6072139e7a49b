import { checkJsonValue } from "./json-value.ts";
import { encodeSegment, keyOf, shorten } from "./key.ts";

/**
 * Builds a key from any JSON value, whatever the order of its properties: `{ b: [1], a: "x" }` → `a:x:b:[1]` (escaped).
 * Strings, numbers and nested values keep their type in the key: `"1"` and `1` differ.
 */
export function keyOfJson(value: unknown): string {
  if (!isRecord(value)) return shorten(encodeSegment(canonicalJson(value)));
  const parameters = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .toSorted()
    .map((name) => [name, keyText(value[name])] as const);
  return keyOf(Object.fromEntries(parameters.map(([name, text]) => [name, text])));
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
    isRecord(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .toSorted()
            .map((name) => [name, inner[name]]),
        )
      : inner,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { refuse } from "./errors.ts";

/** Passes on what makes a segment of a key; throws where it makes none. */
export function keyFault(value: unknown, path: string): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
    return value as string | number | boolean;
  return refuse(`${path} is ${describe(value)}: use strings, finite numbers and plain data`);
}

/** Refuses parameters that are no scalars and no list of them: nothing says what of an object is the key. */
export function checkOwnKey(params: unknown, about: string): void {
  for (const each of [params].flat())
    if (each !== null && (typeof each === "object" || typeof each === "function"))
      refuse(
        `${about}its parameters are an object: name those that identify an entry, as in key: ({ id }) => ({ id })`,
      );
}

/** Passes on a part of a tag: one that is missing or no number would make a tag that no other place names. */
export function tagPart(name: string, part: unknown, index: number): string | number {
  if (typeof part === "string" || Number.isFinite(part)) return part as string | number;
  return refuse(`tags.${name}: part ${index + 1} is ${describe(part)}: pass a string or a number`);
}

/** A value of the wrong kind, in a word. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  const kind = typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value;
  return `${/^[AEIO]/i.test(kind) ? "an" : "a"} ${/^(?:Object|Array)$/.test(kind) ? kind.toLowerCase() : kind}`;
}

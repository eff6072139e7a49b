import { CacheError } from "./errors.ts";

/** Passes on what makes a segment of a key; throws where it makes none. */
export function keyFault(value: unknown, path: string): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
    return value as string | number | boolean;
  const mend =
    typeof value === "number"
      ? `is ${value}: use a finite number`
      : typeof value === "object"
        ? `is ${nameOf(value as object)}: use plain data, its id for instance`
        : `is a ${typeof value}: use a string or a number`;
  throw new CacheError("definition_invalid", `${path} ${mend}`);
}

function nameOf(object: object): string {
  const { name = "" } = object.constructor as { name?: string };
  return name === "" ? "an instance of a class" : `a ${name}`;
}

/** Refuses parameters that are no scalars and no list of them: nothing says what of an object is the key. */
export function checkOwnKey(params: unknown, about: string): void {
  if ([params].flat().every(isScalar)) return;
  const example = "key: ({ id }) => ({ id })";
  const mend = `say which of them tell entries apart, as in ${example}`;
  throw new CacheError("definition_invalid", `${about}its parameters are an object: ${mend}`);
}

function isScalar(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

/** Passes on a part of a tag: one that is missing or no number would make a tag that no other place names. */
export function tagPart(name: string, part: unknown, index: number): string | number {
  if (typeof part === "string" || Number.isFinite(part)) return part as string | number;
  const which = `tags.${name}: part ${index + 1} is ${describe(part)}`;
  throw new CacheError("definition_invalid", `${which}: pass a string or a number`);
}

/** A value of the wrong kind, in a word. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  return Array.isArray(value)
    ? "an array"
    : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}

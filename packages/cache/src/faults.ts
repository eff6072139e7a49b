import { refuse } from "./errors.ts";
import type { GivenTags, ThrottledTag } from "./resource.ts";
import type { Tag } from "./tag.ts";

/** Passes on a value that can be a segment of a key; throws otherwise. */
export function keyFault(value: unknown, path: string): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
    return value as string | number | boolean;
  const mend = value === undefined ? AS_IN : "use strings, finite numbers and plain data";
  return refuse(`${path} is ${describe(value)}: ${mend}`);
}

const AS_IN = "say what identifies an entry, as in key: ({ id }) => ({ id })";

/**
 * Refuses parameters that are neither a scalar nor a list of scalars: it is unknown which part of an object is the key.
 */
export function checkOwnKey(params: unknown, about: string): void {
  for (const each of [params].flat())
    if (each !== null && (typeof each === "object" || typeof each === "function"))
      refuse(`${about}its parameters are an object: ${AS_IN}`);
}

/** Refuses tags that are declared without a table. */
export function checkTable(table: unknown): void {
  if (Object(table) !== table || Array.isArray(table))
    refuse(`defineTags: got ${describe(table)}: pass { book: (id) => [id] }`);
}

/** The parts of a tag. A missing part or NaN would make a tag such as `book:undefined`, which no invalidation names. */
export function tagParts(
  name: string,
  make: (...values: never[]) => unknown,
  values: never[],
): (string | number)[] {
  const about = `tags.${name}`;
  const parts = typeof make === "function" ? make(...values) : make;
  if (!Array.isArray(parts)) refuse(`${about} has ${describe(parts)}: write (id) => [id]`);
  for (const [index, part] of parts.entries())
    if (typeof part !== "string" && !Number.isFinite(part))
      refuse(`${about}: part ${index + 1} is ${describe(part)}: pass a string or a number`);
  return parts;
}

/** Refuses a text that is not a duration, and a duration of over 100 years. */
export function refuseDuration(duration: string, ms: number): never {
  throw new RangeError(
    `"${duration}" is ${ms > 0 ? "over 100 years" : "not a duration"}: write one as in "5 minutes"`,
  );
}

export function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

export type Given = Readonly<Record<string, unknown>>;

/** Returns the options; throws if they are not an object, or contain an unknown name. */
export function checkGiven(options: unknown, known: string, about: string): Given {
  if (typeof options !== "object" || options === null)
    refuse(`${about}options are ${options === undefined ? "missing" : describe(options)}`);
  checkNames(options, known.split(" "), about);
  return options as Given;
}

/** Refuses unknown options: a misspelt one would otherwise be ignored silently. */
export function checkNames(given: object, known: readonly string[], label: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    refuse(
      `${label}unknown option "${name}": ${meant ? `did you mean ${meant}?` : known.join(" ")}`,
    );
  }
}

/** Refuses tags that no invalidation would ever name. */
export function checkTags(all: GivenTags, about: string): readonly (Tag | ThrottledTag)[] {
  const tags: unknown = all === "reads" ? [all] : all;
  if (!Array.isArray(tags)) refuse(`${about}tags returned ${describe(tags)}: return an array`);
  for (const [index, each] of tags.entries()) {
    const tag: unknown = each?.tag ?? each;
    if (typeof tag !== "string" || tag === "")
      refuse(`${about}tags returned ${describe(tag)} in place ${index}: ${CALL_IT}`);
  }
  return tags;
}

export const CALL_IT = "call the tag, as in tags.book(7)";

/** Names the kind of a wrong value. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  const kind = typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value;
  return `${/^[AEIO]/i.test(kind) ? "an" : "a"} ${/^(?:Object|Array)$/.test(kind) ? kind.toLowerCase() : kind}`;
}

/**
 * The known name that begins with the same letter and has all letters of `name` in any order; otherwise one that begins
 * with the same letter and has only letters of `name`.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((each) => isWithin(name, each)) ?? known.find((each) => isWithin(each, name));
}

function isWithin(letters: string, text: string): boolean {
  let rest = text.toLowerCase();
  const isLeft = (letter: string) => {
    const before = rest;
    rest = rest.replace(letter.toLowerCase(), "");
    return rest !== before;
  };
  return letters[0] === text[0] && letters.split("").every(isLeft);
}

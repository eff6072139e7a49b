import { CacheError } from "./errors.ts";
import { encodeSegment } from "./key.ts";

declare const brand: unique symbol;

/** A name that entries carry so that they can be invalidated together; made by `defineTags` or `parseTag` only. */
export type Tag = string & { readonly [brand]: "tag" };

type TagPart = string | number;
type TagTable = Record<string, (...parts: never[]) => readonly TagPart[]>;
type Tags<T extends TagTable> = { readonly [N in keyof T]: (...parts: Parameters<T[N]>) => Tag };

/**
 * Declares every tag of an application once, so that an unknown tag does not compile.
 *
 * @example
 * const tags = defineTags({ book: (id: number) => [id], shelves: () => [] });
 * tags.book(7); // "book:7"
 */
export function defineTags<T extends TagTable>(table: T): Tags<T> {
  const makers = Object.entries(table).map(([name, parts]) => [
    name,
    (...values: never[]) => {
      const segments = parts(...values).map((part, index) => segmentOf(name, part, index));
      return [name, ...segments].join(":") as Tag;
    },
  ]);
  return Object.fromEntries(makers) as Tags<T>;
}

/** A part that is missing or no number would make a tag that no other place names. */
function segmentOf(name: string, part: unknown, index: number): string {
  if (typeof part === "string" || Number.isFinite(part)) return encodeSegment(part as TagPart);
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

/** Takes a tag that a person typed, as `problem:7`; throws a RangeError when it is empty or has blanks. */
export function parseTag(text: string): Tag {
  if (!/^\S+$/.test(text)) {
    throw new RangeError(`"${text}" is not a tag: write it without blanks, as in problem:7`);
  }
  return text as Tag;
}

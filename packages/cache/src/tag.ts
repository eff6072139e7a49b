import { type Duration, toMs } from "./duration.ts";
import { encodeSegment } from "./key.ts";
import { checkGiven, checkTable, tagParts } from "./faults.ts";
import { changeTag } from "./protocol/key-names.ts";
import type { ThrottledTag } from "./resource.ts";

declare const brand: unique symbol;

/**
 * A name that entries carry so that they can be invalidated together; made only by this library, for instance by
 * `defineTags`.
 */
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
  checkTable(table);
  const makers = Object.entries(table).map(([name, parts]) => [
    name,
    (...values: never[]) => {
      const segments = tagParts(name, parts, values).map(encodeSegment);
      return [name, ...segments].join(":") as Tag;
    },
  ]);
  return Object.fromEntries(makers) as Tags<T>;
}

/**
 * Lets entries younger than `interval` survive an invalidation of `tag`: a busy feed is then loaded at most once in
 * that time. With `afterReloads` they do so only while the tag is hot: after that number of loads in a row that the tag
 * caused, each within `interval` of the one before; a hot tag cools when no such load comes within twice `interval`. No
 * entry survives an invalidation by `cache.change` or `cache.set`.
 */
export function throttled(
  tag: Tag,
  interval: Duration,
  options: { afterReloads?: number } = {},
): ThrottledTag {
  checkGiven(options, "afterReloads", "throttled: ");
  const { afterReloads = 0 } = options;
  const forMs = toMs(interval);
  return {
    tag,
    forMs,
    afterReloads,
    exact: changeTag(tag),
    // The age is negative if this machine's clock is behind the one that made the entry: then nothing is spared.
    spares: (heat = 0, ageMs) => heat >= afterReloads && ageMs >= 0 && ageMs < forMs,
  };
}

/** Parses a tag that a person typed, such as `problem:7`; throws a RangeError if it is empty or contains blanks. */
export function parseTag(text: string): Tag {
  if (typeof text !== "string" || !/^\S+$/.test(text)) {
    throw new RangeError(`"${text}" is not a tag: write it without blanks, as in problem:7`);
  }
  return text as Tag;
}

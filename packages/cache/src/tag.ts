import { type Duration, toMs } from "./duration.ts";
import { encodeSegment } from "./key.ts";
import { tagPart } from "./key-faults.ts";
import type { ThrottledTag } from "./resource.ts";

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
      const segments = parts(...values).map((part, index) =>
        encodeSegment(tagPart(name, part, index)),
      );
      return [name, ...segments].join(":") as Tag;
    },
  ]);
  return Object.fromEntries(makers) as Tags<T>;
}

/** Lets entries younger than `interval` survive an invalidation of `tag`: a busy feed is then loaded at most once in that time. */
export function throttled(tag: Tag, interval: Duration): ThrottledTag {
  return { tag, forMs: toMs(interval) };
}

/** Takes a tag that a person typed, as `problem:7`; throws a RangeError when it is empty or has blanks. */
export function parseTag(text: string): Tag {
  if (!/^\S+$/.test(text)) {
    throw new RangeError(`"${text}" is not a tag: write it without blanks, as in problem:7`);
  }
  return text as Tag;
}

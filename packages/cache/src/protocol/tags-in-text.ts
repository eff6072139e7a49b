import type { Followed, FollowRequest } from "../store.ts";
import { FIELDS } from "./entry.ts";

/** The value tags in the header of an entry's text, in order; none if the header is damaged. */
export function valueTagsIn(text: string | null): string[] {
  const [, , rest = ""] = text?.split("\n", 3) ?? [];
  try {
    const fields = JSON.parse(rest.slice(rest.indexOf(" "))) as unknown[];
    const tags = fields[FIELDS.indexOf("valueTags")];
    return Array.isArray(tags) ? tags.map(String) : [];
  } catch {
    return [];
  }
}

/** Computes the result of a store's `follow`; `valueOf` returns the current value of a name. */
export function followed(
  { keys, entryCount, stampPrefix }: FollowRequest,
  valueOf: (key: string) => string | null,
): Followed {
  const values = keys.map(valueOf);
  const stamps = values
    .slice(0, entryCount)
    .map((text) => valueTagsIn(text).map((tag) => valueOf(stampPrefix + tag)));
  return { values, stamps };
}

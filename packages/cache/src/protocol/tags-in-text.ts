import type { Followed, FollowRequest } from "../store.ts";
import { FIELDS } from "./entry.ts";

/** The tags that the header in a text names, as the store's script finds them; none where it cannot be read. */
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

/** Result of a store that follows the tags in headers by itself; `valueOf` returns the present value of a name. */
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

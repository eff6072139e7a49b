import type { EntryKeys } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";

/** True when what the load reads names tags of its entry. */
export function isRecorded({ tags }: EntryKeys): boolean {
  return tags.includes("reads" as Tag);
}

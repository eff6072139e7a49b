import type { EntryKeys } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";

/** True for a resource whose loads give the entry its tags by their reads (`tags: "reads"`). */
export function isRecorded({ tags }: EntryKeys): boolean {
  return tags.includes("reads" as Tag);
}

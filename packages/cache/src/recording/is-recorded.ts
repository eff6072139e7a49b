import type { EntryKeys } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";

/** True if the reads of the load give the entry its tags (`tags: "reads"`). */
export function isRecorded({ tags }: EntryKeys): boolean {
  return tags.includes("reads" as Tag);
}

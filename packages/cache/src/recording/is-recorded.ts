import type { EntryKeys } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";

/** Tag of every entry whose load is recorded. */
const READS = "reads" as Tag;

/** True if the load's reads add tags to the entry. */
export function isRecorded({ tags }: EntryKeys): boolean {
  return tags.includes(READS);
}

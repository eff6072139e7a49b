import type { Tag } from "@algoitny/cache";
import type { Probe } from "@algoitny/core/beat/beat-items";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { entityOf, type StreamRecord, toChange } from "@algoitny/core/table/change";
import { tagsOfEntity } from "@algoitny/core/views";

/** What a record of the table's stream makes wrong: its tags (a probe makes nothing wrong), or why nobody can tell exactly. */
export type RecordReading =
  | { tags: readonly Tag[]; probe?: Probe | undefined }
  | { unreadable: unknown };

export function readRecord(record: StreamRecord): RecordReading {
  try {
    const change = toChange(record);
    const probe = change.entity === "probe" ? (change.after ?? undefined) : undefined;
    return { tags: tagsFor([change]), probe };
  } catch (error) {
    return { unreadable: error };
  }
}

/**
 * What a record that cannot be read may have made wrong: every view of what its item is. Undefined when nobody knows
 * what it is: then it may be anything.
 */
export function widestTags(record: StreamRecord): readonly Tag[] | undefined {
  const entity = entityOf(record);
  return entity && tagsOfEntity(entity);
}

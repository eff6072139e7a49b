import type { Tag } from "@algoitny/cache";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { entityOf, type StreamRecord, toChange } from "@algoitny/core/table/change";
import { tagsOfEntity } from "@algoitny/core/views";

/** What a record of the table's stream makes wrong: its tags, or why nobody can tell exactly. */
export type RecordReading = { tags: readonly Tag[] } | { unreadable: unknown };

export function readRecord(record: StreamRecord): RecordReading {
  try {
    return { tags: tagsFor([toChange(record)]) };
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

import type { Tag } from "@algoitny/cache";
import type { Probe } from "@algoitny/core/beat/beat-items";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { entityOf, type StreamRecord, toChange } from "@algoitny/core/table/change";
import { tagsOfEntity } from "@algoitny/core/views";

/** Tags that a stream record invalidates (none for a probe), or the error that prevents reading it. */
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
 * Tags of every view that shows the entity of an unreadable record. Undefined when its keys match no entity: then any
 * view may be stale.
 */
export function widestTags(record: StreamRecord): readonly Tag[] | undefined {
  const entity = entityOf(record);
  return entity && tagsOfEntity(entity);
}

import type { Tag } from "@algoitny/cache";
import { tagsFor } from "@algoitny/core/invalidation";
import { tagsOfEntity } from "@algoitny/core/shown-by";
import { type StreamRecord, toChange } from "@algoitny/core/table/change";

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
 * What a record that cannot be read may have made wrong: every view of the entities that its images name. Undefined
 * when an image names none that is known: then it may be anything.
 */
export function widestTags({ dynamodb }: StreamRecord): readonly Tag[] | undefined {
  const images = [dynamodb?.OldImage, dynamodb?.NewImage].filter((image) => image !== undefined);
  const tags = images.map((image) => tagsOfEntity(entityOf(image)));
  return images.length > 0 && tags.every((each) => each !== undefined) ? tags.flat() : undefined;
}

function entityOf(image: unknown): unknown {
  const { entity } = Object(image) as { entity?: { S?: unknown } };
  return Object(entity).S;
}

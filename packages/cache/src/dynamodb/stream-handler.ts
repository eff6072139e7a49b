import { CacheError, refuse } from "../errors.ts";
import type { Tag } from "../tag.ts";
import { namesOf, touchedBetween } from "./change-names.ts";
import { plainValue } from "./key-value.ts";
import { checkCache } from "./recorder.ts";
import { keyOf, tableName, tableTag } from "./place.ts";
import type { Invalidations } from "./writing.ts";

type Image = Readonly<Record<string, unknown>>;

/** The fields of a stream record that are read, as Lambda passes it. */
export interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly eventSourceARN?: string | undefined;
  readonly dynamodb?:
    | {
        readonly Keys?: Image | undefined;
        readonly OldImage?: Image | undefined;
        readonly NewImage?: Image | undefined;
      }
    | undefined;
}

export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/**
 * Makes the handler of a table's stream with view type NEW_AND_OLD_IMAGES: each batch is one invalidation. It names no
 * table, index or view, so it needs no change when these change. If the store does not accept the invalidation, it
 * rejects, and Lambda retries the batch.
 *
 * @example
 * export const handler = streamHandler(cache);
 */
export function streamHandler(
  cache: Pick<Invalidations, "invalidate">,
): (event: StreamEvent) => Promise<void> {
  checkCache("streamHandler", cache);
  return async (event) => {
    const { Records } = event ?? {};
    if (!Array.isArray(Records)) refuse("streamHandler: not an event of a DynamoDB stream");
    const names = new Set<Tag>();
    for (const record of Records) for (const name of namesOfRecord(record)) names.add(name);
    await cache.invalidate([...names]);
  };
}

/** Names of every place that a record's change affects; those of the whole table if an image is missing. */
export function namesOfRecord({ eventName, eventSourceARN, dynamodb }: StreamRecord): Set<Tag> {
  const table = tableName(eventSourceARN ?? "");
  if (table === eventSourceARN || table === "")
    throw new CacheError("definition_invalid", "streamHandler: a record names no table");
  const { Keys, OldImage, NewImage } = dynamodb ?? {};
  const key = keyOf(Keys ?? {}, plainValue);
  const isWhole = (eventName === "INSERT" || OldImage) && (eventName === "REMOVE" || NewImage);
  if (!isWhole || !key || key.length === 0) return new Set([tableTag(table)]);
  const images = { before: OldImage, after: NewImage, codec: plainValue };
  return namesOf(touchedBetween(table, key, images));
}

import { CacheError } from "../errors.ts";
import type { Tag } from "../tag.ts";
import { namesOf, touchedBetween } from "./change-names.ts";
import type { FineScopes } from "./fine-scopes.ts";
import { plainValue } from "./key-value.ts";
import { keyOf, tableName, tableTag } from "./place.ts";
import type { StreamRecord } from "./stream-handler.ts";

/** Names of every place that a record's change affects; only that of the whole table if the key or an image is missing. */
export function namesOfRecord(
  { eventName, eventSourceARN, dynamodb }: StreamRecord,
  scopes: FineScopes,
): Set<Tag> {
  const table = tableName(eventSourceARN ?? "");
  if (table === eventSourceARN || table === "")
    throw new CacheError(
      "definition_invalid",
      "streamHandler: a record names no table: its eventSourceARN must be the ARN of the stream",
    );
  const { Keys, OldImage, NewImage } = dynamodb ?? {};
  const key = keyOf(Keys ?? {}, plainValue);
  const isWhole = (eventName === "INSERT" || OldImage) && (eventName === "REMOVE" || NewImage);
  if (!isWhole || !key || key.length === 0) return new Set([tableTag(table)]);
  const images = { before: OldImage, after: NewImage, codec: plainValue };
  return namesOf(touchedBetween(table, key, images), scopes);
}

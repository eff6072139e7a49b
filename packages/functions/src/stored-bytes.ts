import type { CacheEntry } from "@algoitny/cache";

/**
 * Size of an entry's body as stored, in bytes: UTF-8, or base64 of coded or binary data. Does not measure the text
 * itself, which would take every hit time. 0 for a body that the store did not send.
 */
export function storedBytes({ header, body }: CacheEntry<unknown>["entry"]): number {
  const isText = header.coding === "identity" && header.kind !== "bytes";
  return isText && body !== "" ? header.plainLength : body.length;
}

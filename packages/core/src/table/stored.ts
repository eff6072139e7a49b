import * as z from "zod";

/** Text as an item holds it. Items written by hand are read too: a number (Baekjoon's 1000) is text, null is empty. */
export const StoredText = z.union([
  z.string(),
  z.number().transform(String),
  z.null().transform(() => ""),
]);

/** Texts as a list or a set, which has no order of its own; none when missing or null. */
export const StoredTexts = z
  .union([z.array(StoredText), z.set(StoredText).transform((texts) => [...texts].toSorted())])
  .nullish()
  .transform((texts) => texts ?? []);

/** A whole number; 0 when missing or null. */
export const StoredCount = z
  .int()
  .nullish()
  .transform((count) => count ?? 0);

/** A flag; not set when missing or null. */
export const StoredFlag = z
  .boolean()
  .nullish()
  .transform((flag) => flag ?? false);

import * as z from "zod";

/** Largest count taken from a request, and shown of an item: 10^12. JavaScript counts on exactly from there. */
export const COUNT_LIMIT = 1_000_000_000_000;

/** True for a valid stored count. */
export const isCount = (value: unknown, most: number = COUNT_LIMIT): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

/** A count in a request. */
export const CountInput = z
  .int()
  .min(0)
  .max(COUNT_LIMIT, { error: `write at most ${COUNT_LIMIT}` });

/**
 * A number that JavaScript cannot hold, as `readNumber` leaves it: the SDK's NumberValue. It is known by its methods,
 * because a read that hits the cache loads these schemas and must not load the SDK.
 */
interface LongNumber {
  toBigInt(): bigint;
  toString(): string;
}

const LongNumber = z.custom<LongNumber>(
  (value) => typeof value === "object" && value !== null && "toBigInt" in value,
);

/** Text as an item holds it. Items written by hand are read too: a number (Baekjoon's 1000) is text, null is empty. */
export const StoredText = z.union([
  z.string(),
  z.number().transform(String),
  z.null().transform(() => ""),
  LongNumber.transform(String),
]);

/** Texts as a list or a set, sorted when a set, which is unordered; empty when missing or null. */
export const StoredTexts = z
  .union([z.array(StoredText), z.set(StoredText).transform((texts) => [...texts].toSorted())])
  .nullish()
  .transform((texts) => texts ?? []);

/** A whole number from 0 to 10^12, the nearest one where another number is stored; 0 when missing or null. */
export const StoredCount = z
  .union([z.number(), LongNumber.transform(Number)])
  .nullish()
  .transform((count) => Math.min(Math.max(Math.trunc(count ?? 0), 0), COUNT_LIMIT));

/** A flag; not set when missing or null. */
export const StoredFlag = z
  .boolean()
  .nullish()
  .transform((flag) => flag ?? false);

/** A number that each change raises; one that is nonsense is missing, and no reason not to read the item. */
export const StoredVersion = z
  .int()
  .positive()
  .lt(Number.MAX_SAFE_INTEGER)
  .optional()
  .catch(undefined);

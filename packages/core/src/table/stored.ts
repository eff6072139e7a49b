import * as z from "zod/mini";

/** Largest count accepted from a request, and shown of an item: 10^12, which JavaScript represents exactly. */
export const COUNT_LIMIT = 1_000_000_000_000;

/** True for a valid stored count. */
export const isCount = (value: unknown, most: number = COUNT_LIMIT): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

/** A count in a request. */
export const CountInput = z
  .int()
  .check(z.minimum(0), z.maximum(COUNT_LIMIT, { error: `write at most ${COUNT_LIMIT}` }));

/** An item's id. */
export const StoredId = z.int().check(z.positive());

/**
 * A number that JavaScript cannot represent exactly, as `readNumber` returns it: the SDK's NumberValue. It is recognised by
 * its methods, because hits load these schemas and must not load the SDK.
 */
interface LongNumber {
  toBigInt(): bigint;
  toString(): string;
}

const LongNumber = z.custom<LongNumber>(
  (value) => typeof value === "object" && value !== null && "toBigInt" in value,
);

/** Text in an item. Manually written items are accepted too: a number (Baekjoon's 1000) is text, null is empty. */
export const StoredText = z.union([
  z.string(),
  z.pipe(
    z.number(),
    z.transform((value: number) => String(value)),
  ),
  z.pipe(
    z.null(),
    z.transform(() => ""),
  ),
  z.pipe(
    LongNumber,
    z.transform((value: LongNumber) => String(value)),
  ),
]);

/** Text that is empty when missing. */
export const OptionalStoredText = z._default(StoredText, "");

/** Text, null when missing or null. */
export const NullableStoredText = z._default(z.union([z.null(), StoredText]), null);

const sorted = (texts: Set<string>) => [...texts].toSorted();

/** Texts as a list or a set, sorted when a set, which is unordered; empty when missing or null. */
export const StoredTexts = z.pipe(
  z.nullish(z.union([z.array(StoredText), z.pipe(z.set(StoredText), z.transform(sorted))])),
  z.transform((texts: string[] | null | undefined) => texts ?? []),
);

/** A whole number from 0 to 10^12: another stored number is truncated and limited to that; 0 if missing or null. */
export const StoredCount = z.pipe(
  z.nullish(
    z.union([
      z.number(),
      z.pipe(
        LongNumber,
        z.transform((value: LongNumber) => Number(value)),
      ),
    ]),
  ),
  z.transform((count: number | null | undefined) =>
    Math.min(Math.max(Math.trunc(count ?? 0), 0), COUNT_LIMIT),
  ),
);

/** A flag; not set when missing or null. */
export const StoredFlag = z.pipe(
  z.nullish(z.boolean()),
  z.transform((flag: boolean | null | undefined) => flag ?? false),
);

/** A number that each change raises; an invalid one counts as missing, so that the item can still be read. */
export const StoredVersion = z.catch(
  z.optional(z.int().check(z.positive(), z.lt(Number.MAX_SAFE_INTEGER))),
  undefined,
);

/** Time of the last change by the API; undefined if it cannot be read as text. */
export const StoredTime = z.catch(z.optional(StoredText), undefined);

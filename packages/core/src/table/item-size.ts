import { CoreError } from "../core-error.ts";

/** Largest item of DynamoDB: 400 KB, attribute names included. */
export const ITEM_LIMIT_BYTES = 409_600;

const CONTAINER_BYTES = 3;
const NUMBER_BYTES_AT_MOST = 21;

/** Throws a CoreError (`too_large`) if an item is over the limit. DynamoDB decides in the end: see `asTooLarge`. */
export function assertFits(item: Readonly<Record<string, unknown>>): void {
  const bytes = Object.entries(item).reduce(
    (total, [name, value]) => total + bytesOf(name) + bytesOf(value),
    0,
  );
  if (bytes > ITEM_LIMIT_BYTES) throw tooLarge();
}

/** The typed error for DynamoDB's refusal of an item for its size; undefined for any other message. */
export function asTooLarge(message: string, cause: unknown): CoreError | undefined {
  return /item size.*exceed/i.test(message) ? tooLarge(cause) : undefined;
}

function tooLarge(cause?: unknown): CoreError {
  const message = `too large: one item may take at most ${ITEM_LIMIT_BYTES} bytes (400 KB) in the database; shorten its texts`;
  return new CoreError("too_large", message, cause);
}

/** Size as DynamoDB counts it: UTF-8 for text, a digit pair per byte for numbers, a byte for each element of a list or map. */
function bytesOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value, "utf8");
  if (typeof value === "number")
    return Math.min(Math.ceil(String(value).length / 2) + 1, NUMBER_BYTES_AT_MOST);
  if (value instanceof Set) return sum([...value], 0);
  if (Array.isArray(value)) return CONTAINER_BYTES + sum(value, 1);
  if (typeof value !== "object" || value === null) return 1;
  const defined = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return (
    CONTAINER_BYTES +
    defined.reduce((bytes, [name, inner]) => bytes + bytesOf(name) + bytesOf(inner) + 1, 0)
  );
}

function sum(values: readonly unknown[], overheadBytes: number): number {
  return values.reduce<number>((bytes, value) => bytes + bytesOf(value) + overheadBytes, 0);
}

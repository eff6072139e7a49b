/** Throws a RangeError for a number of entries at a time that is below 1. */
export function checkAtOnce(atOnce: number): void {
  if (!(atOnce >= 1)) throw new RangeError(`atOnce is ${atOnce}: load at least 1 entry at a time`);
}

/** Splits a list into parts of at most `size`. */
export function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

import type { Changes, Condition } from "./action.ts";
import type { Item } from "./database.ts";

/**
 * Changes a count that readers see as `shown`. It adds to the count, so that concurrent changes are not lost. If the
 * stored value is invalid, so that DynamoDB cannot add to it or readers see another number, it writes the `right` count,
 * provided that the stored value has not changed since it was read.
 */
export function countBy(
  stored: Item,
  name: string,
  { shown, by, right = shown + by }: { shown: number; by: number; right?: number },
): Pick<Changes, "set" | "add"> & Pick<Condition, "equals"> {
  const value = stored[name];
  return value === undefined || value === shown
    ? { add: { [name]: by } }
    : { set: { [name]: right }, equals: { [name]: value } };
}

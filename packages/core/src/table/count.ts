import type { Changes, Condition } from "./action.ts";
import type { Item } from "./database.ts";

/**
 * Changes a count that readers see as `shown`. It is added to, so that what comes between is not lost. Where nonsense is
 * stored, to which DynamoDB cannot add, or which is shown as another number, the `right` count is written, if what is
 * stored still is what was read.
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

import { CacheError } from "../errors.ts";

/** Refuses to send a text that only the resource's serializer reads. */
export function refuse(): never {
  const mend = "send what you make of `await entry.value()`";
  throw new CacheError("value_unsupported", `a serializer has written the entry: ${mend}`);
}

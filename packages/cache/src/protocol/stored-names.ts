import { OTHER_NAMES } from "../validate-options.ts";
import { entryTag, type Keyspace } from "./key-names.ts";

const OTHERS = new RegExp(`^(?:${OTHER_NAMES})(?::|$)`);

/** The key of the entry that has this name in the store; null for all other names. */
export function keyOfEntry({ prefix }: Keyspace, name: string): string | null {
  const key = name.startsWith(`${prefix}:`) ? name.slice(prefix.length + 1) : "";
  return key === "" || OTHERS.test(key) ? null : key;
}

/** The key of the entry whose own stamp has this name in the store; null for all other names. */
export function keyOfEntryStamp(space: Keyspace, name: string): string | null {
  const ownStamps = space.stamp(entryTag(""));
  return name.startsWith(ownStamps) ? name.slice(ownStamps.length) : null;
}

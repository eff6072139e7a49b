/** Prefix of all names that the model's caches keep in the store. */
export const PREFIX = "m:1";

export function isStamp(name: string): boolean {
  return name.startsWith(`${PREFIX}:tag:`);
}

export function isLease(name: string): boolean {
  return name.startsWith(`${PREFIX}:lease:`);
}

/** The key of an entry or a lease, from its name in the store; null for stamps and the sequence. */
export function keyOfName(name: string): string | null {
  if (isStamp(name) || name === `${PREFIX}:seq`) return null;
  return name.slice(PREFIX.length + 1).replace(/^lease:/, "");
}

/**
 * A stamp is `<unix ms>.<random>`, new at every application of an invalidation, and compared for equality only.
 * After `expire` it has a second part behind `~`: entries that know the first part alone are stale, not invalid.
 */
export function newStamp(nowMs: number, token: string): string {
  return `${nowMs}.${token}`;
}

/** The part that an invalidation replaces and an expiry keeps. */
export function hardPart(stamp: string): string {
  const end = stamp.indexOf("~");
  return end === -1 ? stamp : stamp.slice(0, end);
}

/** When the youngest part of a stamp was made, in ms since the epoch. */
export function stampedAtMs(stamp: string): number {
  return Math.max(...stamp.split("~").map((part) => Number.parseInt(part, 10)));
}

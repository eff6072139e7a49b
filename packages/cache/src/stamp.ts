/** How much longer than an entry, or than the lease of its load, the stamps live that it depends on. */
export const STAMP_MARGIN_MS = 60_000;

/**
 * How long an invalidation's stamp lives, unless an entry that depends on it needs it longer. When it is gone, entries that
 * do not know it are as invalid as before.
 */
export const BUMP_TTL_MS = 24 * 60 * 60 * 1_000;

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

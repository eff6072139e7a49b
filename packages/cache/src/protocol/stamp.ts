/** Extra lifetime of a stamp beyond that of the entries that depend on it, or of their load's lease. */
export const STAMP_MARGIN_MS = 60_000;

/**
 * A stamp is `<sequence number>.<random>.<unix ms>`, made by the store and compared for equality only. An invalidation
 * removes it; the next load's lease creates another one. `expire` adds a second part of the same form behind `~`: entries
 * that contain only the first part are then stale, not invalid.
 */
export function hardPart(stamp: string): string {
  const end = stamp.indexOf("~");
  return end === -1 ? stamp : stamp.slice(0, end);
}

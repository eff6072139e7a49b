/** Extra lifetime of a stamp beyond that of the entries that depend on it, or of their load's lease. */
export const STAMP_MARGIN_MS = 60_000;

/**
 * Returns the first part of a stamp, which `expire` does not change.
 *
 * A stamp is `<sequence number>.<random>.<unix ms>`, made by the store. Stamps are compared for equality, and by their
 * number only in the commit of a value that names its tags. An invalidation removes a stamp; the next load's lease
 * creates another one. `expire` adds a second part of the same form behind `~`, or replaces it: entries that contain
 * another second part, or none, are then stale, not invalid.
 */
export function hardPart(stamp: string): string {
  const end = stamp.indexOf("~");
  return end === -1 ? stamp : stamp.slice(0, end);
}

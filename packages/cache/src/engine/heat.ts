import type { Entry } from "../protocol/entry.ts";
import type { EntryKeys } from "../protocol/key-names.ts";
import { hardPart } from "../protocol/stamp.ts";
import type { ThrottledTag } from "../resource.ts";

/**
 * A hot tag cools when no load has followed for this many of its intervals: entries survive for one, and the next load
 * comes in the second.
 */
const INTERVALS_OF_A_HOT_TAG = 2;

/**
 * Heat of an entry that replaces another one: one more than before if a throttled tag with `afterReloads` was
 * invalidated and this load begins soon after the previous one, otherwise 0. It counts loads, not invalidations, and
 * costs no request: the lease returns the stamps, and the look returns the entry that they invalidate.
 */
export function heatOf(
  { given, digest }: EntryKeys,
  previous: Entry | null,
  { stamps, startMs }: { stamps: readonly string[]; startMs: number },
): number {
  if (previous === null || previous.header.tagsDigest !== digest) return 0;
  const { heat = 0, createdMs, stamps: before } = previous.header;
  const ageMs = startMs - createdMs;
  const isSoon = ({ forMs, afterReloads }: ThrottledTag) =>
    afterReloads > 0 &&
    ageMs >= 0 &&
    ageMs < forMs * (heat >= afterReloads ? INTERVALS_OF_A_HOT_TAG : 1);
  const isHeated = given.some(
    (ways, index) =>
      hardPart(before[index] ?? "") !== hardPart(stamps[index] ?? "") &&
      ways.some((each) => typeof each !== "string" && isSoon(each)),
  );
  return isHeated ? heat + 1 : 0;
}

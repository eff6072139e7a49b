import type { AnyResource, ThrottledTag } from "../resource.ts";
import type { Tag } from "../tag.ts";
import type { Entry } from "./entry.ts";
import type { EntryKeys } from "./key-names.ts";
import { hardPart } from "./stamp.ts";

/** Reason for having nothing to serve. */
export type MissReason =
  | "absent"
  | "corrupt"
  | "fingerprint"
  | "invalidated"
  | "unconfirmed"
  | "expired";

/** Verdict on an entry: it may be served, served while it is refreshed, served only when its load fails, or not at all. */
export type Verdict =
  | { state: "fresh" }
  | { state: "stale" }
  | { state: "fallback"; reason: "expired" | "unconfirmed" }
  | { state: "miss"; reason: MissReason };

/** True if, by all declarations of a tag, an entry of this heat and age survives any change of the tag's stamp. */
export function isSpared(
  given: readonly (Tag | ThrottledTag)[] | undefined,
  heat: number | undefined,
  ageMs: number,
): boolean | undefined {
  return given?.every((each) => (each as Partial<ThrottledTag>).spares?.(heat, ageMs));
}

export const INVALIDATED: Verdict = { state: "miss", reason: "invalidated" };

/** Input of the verdict, in addition to the entry and its stamps. */
export interface Judging {
  readonly keys: EntryKeys;
  readonly fingerprint: string;
  readonly nowMs: number;
  /** Time before which every change is known to be invalidated; null if the store does not say. */
  readonly closedMs: number | null;
  /** Time after its load, or after `closedMs`, for which an entry counts as current; Infinity: its whole lifetime. */
  readonly maxStalenessMs: number;
}

/** Largest allowed lead of another machine's clock: 5 s. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Judges an entry by its header, its tags' stamps of one moment and the time. */
export function judge(
  entry: Entry,
  stamps: readonly (string | null)[],
  { keys, fingerprint, nowMs, closedMs, maxStalenessMs }: Judging,
): Verdict {
  const { header } = entry;
  const { freshUntilMs, staleUntilMs, errorUntilMs } = header;
  if (header.fingerprint !== fingerprint || header.tagsDigest !== keys.digest)
    return { state: "miss", reason: "fingerprint" };
  if (header.stamps.length !== stamps.length) return INVALIDATED;
  const ageMs = nowMs - header.createdMs;
  let expired = false;
  for (const [index, now] of stamps.entries()) {
    const seen = header.stamps[index] as string;
    // A spared entry survives any change of this stamp, including its removal.
    if (seen === now || isSpared(keys.given[index], header.heat, ageMs)) continue;
    // A missing stamp was invalidated, evicted or lost: it never means "unchanged".
    if (now === null || hardPart(seen) !== hardPart(now)) return INVALIDATED;
    expired = true;
  }
  const createdMs = ageMs < -CLOCK_TOLERANCE_MS ? 0 : header.createdMs;
  const isConfirmed = nowMs - Math.max(createdMs, closedMs ?? 0) <= maxStalenessMs;
  if (isConfirmed && nowMs < freshUntilMs && !expired) return { state: "fresh" };
  if (isConfirmed && nowMs < staleUntilMs && staleUntilMs > freshUntilMs) return { state: "stale" };
  const reason = isConfirmed ? "expired" : "unconfirmed";
  if (nowMs < errorUntilMs && errorUntilMs > freshUntilMs) return { state: "fallback", reason };
  return { state: "miss", reason };
}

/**
 * True if a read refreshes a fresh entry early, so that a fleet does not find it expired all at once: the nearer its
 * expiry and the slower its load, the likelier. XFetch: Vattani, Chierichetti, Lowenstein 2015, with β = 1.
 */
export function refreshesEarly({ header }: Entry, nowMs: number, random: number): boolean {
  return nowMs - header.loadMs * Math.log(random || Number.MIN_VALUE) >= header.freshUntilMs;
}

/**
 * The entry with its times limited to what the resource allows now: a shortened lifetime applies to stored entries too.
 */
export function boundLifetime(
  entry: Entry,
  { freshMs, negativeMs, jitter, staleMs, staleIfErrorMs }: AnyResource,
): Entry {
  const { header } = entry;
  const longestMs = header.status === 404 ? negativeMs : freshMs * (1 + jitter);
  const latestMs = Math.ceil(header.createdMs + header.loadMs + longestMs);
  const freshUntilMs = Math.min(header.freshUntilMs, latestMs);
  const staleUntilMs = Math.min(header.staleUntilMs, freshUntilMs + staleMs);
  const errorUntilMs = Math.min(header.errorUntilMs, freshUntilMs + staleIfErrorMs);
  return { ...entry, header: { ...header, freshUntilMs, staleUntilMs, errorUntilMs } };
}

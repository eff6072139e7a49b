import { warnOnce } from "../warn.ts";
import type { Unrecorded } from "./load-reads.ts";

/** The reason for not storing a recorded load; `what` contains no value. */
export interface Fault {
  readonly why: Unrecorded;
  readonly what: string;
}

export function foreignText(what: string): string {
  return `its load read ${what}, which no tag covers: read it by a recording client, allow it by reads.allow(host, ttl), or tag the resource by hand`;
}

/** Corrections by reason. The other reasons pass by themselves: failures of the store, and stale parts. */
const TEXTS: Partial<Record<Unrecorded, (what: string) => string>> = {
  "foreign-read": foreignText,
  "unknown-command": (what) =>
    `its load sent ${what}, which is not recorded: send a recorded command, or tag the resource by hand`,
  "nothing-read": (what) =>
    `its load made ${what}: unless its value depends on no data, pass reads to one, or tag the resource by hand`,
  "too-many-tags": (what) => `its value has ${what}: read fewer entries in one load`,
};

/** Warns once for each resource whose loads cannot be stored: until that is corrected, every read loads. */
export function warnOfUnrecorded(resource: string, { why, what }: Fault): void {
  const text = TEXTS[why]?.(what);
  if (text === undefined) return;
  warnOnce(
    `unrecorded ${resource}`,
    `resource "${resource}": ${text}; its value is returned, but not stored`,
  );
}

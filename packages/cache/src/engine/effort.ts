import { deferred } from "../deferred.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Sent } from "./exchange.ts";
import type { Found, LookupResult } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/** An entry that may be served instead of a new value: at once if `refreshing`, otherwise only when the load fails. */
export interface StaleFallback {
  readonly entry: Entry;
  /** True if it has not expired: it is refreshed early, and serving it counts as a hit. */
  readonly fresh: boolean;
  readonly refreshing: boolean;
}

/** A read that must get a new value, and what is known of the old one so far. */
export interface Effort {
  readonly read: AnyRead;
  look: LookupResult;
  fallback: StaleFallback | null;
  /** Closed timestamp that the last look has read. */
  closedMs: number | null;
  /** Values of the entry's lease key that looks have found during the wait; null where the lease was free. */
  readonly holders: Set<string | null>;
  readonly served: Promise<Served>;
  readonly settle: (served: Served | Promise<Served>) => void;
  readonly fail: (error: unknown) => void;
}

/** An effort that the store has granted the right to load and store. */
export interface Leased extends Effort {
  readonly lease: Lease;
}

export interface Lease {
  readonly token: string;
  /** The store's time when it granted the lease, in ms. */
  readonly atMs: number;
  /** Stamps by name, from before the load. */
  readonly stamps: ReadonlyMap<string, string>;
  /** The moment before the request for the lease. */
  readonly sent: Sent;
}

export function createEffort({ read, look, closedMs }: Looked): Effort {
  const { promise, resolve, reject } = deferred<Served>();
  // Its reader awaits it; until then a failure must not count as unhandled.
  promise.catch(() => undefined);
  const fallback = fallbackOf(look);
  return {
    read,
    look,
    fallback,
    closedMs,
    holders: new Set(),
    served: promise,
    settle: resolve,
    fail: reject,
  };
}

type Looked = Pick<Found, "read" | "look" | "closedMs">;

/** Records a later look; the fallback stays known even if the store has failed since. */
export function learn(effort: Effort, { look, closedMs }: Looked): void {
  effort.look = look;
  if (look.state === "down") return;
  effort.closedMs = closedMs;
  effort.fallback = fallbackOf(look);
}

/** The entry that the effort's last look has found, valid or not. */
export function seenBy({ look }: Pick<Effort, "look">): Entry | null {
  return look.state === "down" ? null : look.entry;
}

function fallbackOf(look: LookupResult): StaleFallback | null {
  if (look.state === "miss" || look.state === "down") return null;
  return toFallback(look.entry, look.state);
}

export function toFallback(entry: Entry, state: "fresh" | "stale" | "fallback"): StaleFallback {
  return { entry, fresh: state === "fresh", refreshing: state !== "fallback" };
}

import { CacheError } from "../errors.ts";
import type { Outcome, Store } from "../store.ts";

/** Faults of one request to a store. */
export type Fault =
  | "none"
  /** Not executed; an error is returned. */
  | "refused"
  /** Executed, but an error is returned. */
  | "reply-lost"
  /** Not executed; no answer ever comes. */
  | "swallowed"
  /** Executed, but no answer ever comes. */
  | "silent"
  /** No answer ever comes; the request is executed after the delay `late`. */
  | "late"
  /** The sender retries and gets the answer to its second attempt; the first one is executed later. */
  | "repeated"
  /** Executed and answered; a copy of the request is executed again later. */
  | "copied"
  /** Executed; in a batch of leases or commits, an error is returned for the first element. */
  | "partial";

export const FAULTS: readonly Fault[] = [
  "refused",
  "reply-lost",
  "swallowed",
  "silent",
  "late",
  "repeated",
  "copied",
  "partial",
];

/** Network between client and store. Omitted options mean a perfect network: no fault, no delay. */
export interface Network {
  /** Called once for each request. */
  fault?: (operation: keyof Store) => Fault;
  /** Waits for the transit time of a request. */
  request?: () => Promise<void>;
  /** Waits for the transit time of a reply. */
  reply?: () => Promise<void>;
  /** Waits for the delay of a late request, counted from its arrival; of a `copied` one, from its first execution. */
  late?: () => Promise<void>;
}

/**
 * The store behind a network that delays, loses and repeats messages.
 *
 * @example
 * let down = false;
 * const store = overNetwork(new TestStore(), {
 *   request: () => clock.sleep(20),
 *   fault: () => (down ? "refused" : "none"),
 * });
 */
export function overNetwork(store: Store, network: Network): Store {
  const call = async <T>(operation: keyof Store, run: () => Promise<T>): Promise<T> => {
    await network.request?.();
    const fault = network.fault?.(operation) ?? "none";
    const result = await attempt(fault, { run, late: network.late });
    await network.reply?.();
    if (result instanceof CacheError) throw result;
    return result;
  };
  return {
    mget: (keys, from) => call("mget", () => store.mget(keys, from)),
    follow: (request) => call("follow", () => store.follow(request)),
    lease: (batch) => call("lease", () => store.lease(batch)),
    revalidate: (request) => call("revalidate", () => store.revalidate(request)),
    stamps: (request) => call("stamps", () => store.stamps(request)),
    commit: (batch) => call("commit", () => store.commit(batch)),
    begin: (request) => call("begin", () => store.begin(request)),
    end: (request) => call("end", () => store.end(request)),
    beat: (request) => call("beat", () => store.beat(request)),
    release: (request) => call("release", () => store.release(request)),
    expire: (request) => call("expire", () => store.expire(request)),
    delete: (keys) => call("delete", () => store.delete(keys)),
    walk: (request) => call("walk", () => store.walk(request)),
  };
}

interface Delivery<T> {
  run: () => Promise<T>;
  late: Network["late"] | undefined;
}

async function attempt<T>(fault: Fault, { run, late }: Delivery<T>): Promise<T | CacheError> {
  switch (fault) {
    case "none":
      return run();
    case "partial":
      return failFirst(await run());
    case "refused":
      return lost("connection refused");
    case "reply-lost":
      await run();
      return lost("connection reset");
    case "swallowed":
      return never();
    case "repeated":
      arriveLate(late, run);
      return run();
    case "copied":
      return run().finally(() => arriveLate(late, run));
    default:
      if (fault === "late") await late?.();
      await run();
      return never();
  }
}

/** Runs a request late. Its client does not wait for it, so its failure is dropped. */
function arriveLate(late: Network["late"], run: () => Promise<unknown>): void {
  (async () => {
    await late?.();
    await run();
  })().catch(() => undefined);
}

function failFirst<T>(result: T): T {
  if (!Array.isArray(result) || !isOutcome(result[0])) return result;
  const failed: Outcome<never> = { ok: false, error: lost("out of memory") };
  return [failed, ...result.slice(1)] as T;
}

function isOutcome(item: unknown): item is Outcome<unknown> {
  return typeof item === "object" && item !== null && "ok" in item;
}

function lost(reason: string): CacheError {
  return new CacheError("store_failed", reason);
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

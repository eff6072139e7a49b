import { randomBytes } from "node:crypto";
import { checkCache } from "../validate-options.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Duration, toMs } from "../duration.ts";
import type { PendingInvalidations } from "../invalidation/pending.ts";
import { type Keyspace, keyspace } from "../protocol/key-names.ts";
import { type Policy, PROTOCOL } from "../protocol/policy.ts";
import type { AnyResource } from "../resource.ts";
import type { Reads, Store } from "../store.ts";
import { resilientStore } from "../stores/resilient-store.ts";
import type { Semaphore } from "./semaphore.ts";
import type { HeldEntries } from "./held-entries.ts";
import type { ValueTags } from "./value-tags.ts";
import type { Served } from "./served.ts";
import type { VerifyOptions } from "./verify.ts";

/** A stale entry that wants a refresh, for a queue or a background task: answer it with `cache.runRefreshTask`. */
export interface RefreshTask {
  readonly resource: string;
  readonly key: string;
  readonly params: unknown;
  /** Id of the entry that is stale: tasks with the same key and id ask for the same refresh. */
  readonly entryId: string;
}

/** Scope of an invalidation: tags by name, entries by key. `soft`: the entries may still be served as stale. */
export interface Invalidated {
  readonly tags: readonly string[];
  readonly keys: readonly string[];
  readonly soft: boolean;
}

export interface CacheOptions {
  store: Store;
  /** First part of every name in the store; raise a number in it to leave all entries behind. Default `cache:1`. */
  prefix?: string;
  /** Every resource of the application: needed by `invalidatePattern` to see which ones a pattern covers. */
  resources?: readonly AnyResource[];
  /** Longest time a read waits for one answer of the store, retries of the store's client included. Default "500 milliseconds". */
  storeTimeout?: Duration;
  /**
   * Longest time a read waits for another instance's load before it loads by itself; once more where that instance has died
   * and another one loads instead. Default "5 seconds".
   */
  waitTimeout?: Duration;
  /**
   * Time after an invalidation for which an eventually consistent load is not trusted: longer than the lag of an index
   * and the disagreement of clocks together. Default "5 seconds".
   */
  replicationLag?: Duration;
  /**
   * Longest time that a read may be behind the data although the change stream stops, replicas lag or the store comes
   * back with an older state. It needs `cache.beat` on a schedule: half of it at most. Default: no limit.
   */
  maxStaleness?: Duration;
  /**
   * "primary" (the default): looks are answered where writes go; still one command and one request each. "any": a replica
   * may answer that lags behind, for readers far away from the primary. Reads inside of loads always ask the primary.
   */
  reads?: Reads;
  /** Most bytes of bodies held in this process, for resources with `l1`. Default 32 MiB. */
  l1MaxBytes?: number;
  /** Most loads at a time while the store is down; those made inside of a load are counted apart. Default 20. */
  maxLoadsWithoutStore?: number;
  /**
   * Takes over the refresh of stale entries, for instance by sending the task to a queue. It is called at every stale hit:
   * tasks with the same key and entry id ask for the same refresh. Default: the reader refreshes.
   */
  enqueueRefresh?: (task: RefreshTask) => Promise<void> | void;
  /** Keeps the process awake for refreshes that go on after an answer: the `waitUntil` of the platform. Default: the reader waits. */
  waitUntil?: (work: Promise<unknown>) => void;
  /**
   * Called after each invalidation that the store has taken, for instance to purge a CDN, and awaited: when it fails, the
   * invalidation rejects with its error as the cause.
   */
  onInvalidate?: (what: Invalidated) => Promise<void> | void;
  /**
   * Checks a share of the hits against the origin, and reports entries that no invalidation reached although the origin has
   * changed (events of type `verified`). Default: none.
   */
  verify?: VerifyOptions;
  clock?: Clock;
  /** A number from 0 up to (not including) 1, for jitter. */
  random?: () => number;
  /** A new unguessable name, for requests to the store and entries: 22 characters. */
  token?: () => string;
}

/** Everything the operations share; one for each `Cache`. */
export interface Engine extends Pick<
  CacheOptions,
  "enqueueRefresh" | "onInvalidate" | "verify" | "waitUntil"
> {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly token: () => string;
  readonly space: Keyspace;
  readonly policy: Policy;
  readonly resources: readonly AnyResource[];
  /** The resource behind each name. */
  readonly definitions: Map<string, AnyResource>;
  readonly waitMs: number;
  /** Longest time one request to the store may take. */
  readonly storeMs: number;
  readonly settlingMs: number;
  readonly reads: Reads;
  /** Entries held in this process, once a resource wants that: others never load what it takes. */
  readonly l1: {
    readonly maxBytes: number;
    held?: HeldEntries;
    generation: number;
  };
  /** Most loads at a time without the store, and the lines in which others wait: by how many loads they are inside of. */
  readonly alone: { readonly most: number; readonly lines: (Semaphore | undefined)[] };
  /** Invalidations that failed here; null while there was none. */
  pending: PendingInvalidations | null;
  readonly valueTags: ValueTags;
  /** Time for which an entry counts as current without a newer closed timestamp, in ms; Infinity: its whole life. */
  readonly maxStalenessMs: number;
  /** Loads under way in this process, by key. */
  readonly flights: Map<string, Promise<Served>>;
  /** Smoothed load times in ms, by resource name. */
  readonly costs: Map<string, number>;
  /** Logical clock of this process: orders the start of a read and the steps of a load. */
  readonly tick: () => number;
}

export function createEngine(options: CacheOptions, policy: Policy = PROTOCOL): Engine {
  const {
    clock = systemClock,
    random = Math.random,
    reads = "primary",
    resources = [],
    prefix = "cache:1",
    maxStaleness,
  } = options;
  checkCache({ ...options, prefix, resources });
  const storeMs = toMs(options.storeTimeout ?? "0.5 seconds");
  const token = options.token ?? (() => randomBytes(16).toString("base64url"));
  options.store.accepts?.(prefix);
  const space = keyspace(prefix);
  let ticks = 0;
  return {
    ...options,
    store: resilientStore(options.store, clock, storeMs),
    clock,
    random,
    reads,
    token,
    space,
    pending: null,
    policy,
    resources,
    definitions: new Map(resources.map((each) => [each.name, each])),
    waitMs: toMs(options.waitTimeout ?? "5 seconds"),
    storeMs,
    settlingMs: toMs(options.replicationLag ?? "5 seconds"),
    l1: {
      maxBytes: options.l1MaxBytes ?? 2 ** 25,
      // Grows with every invalidation made in this process: what was validated under an older one is not trusted.
      generation: 0,
    },
    alone: { most: options.maxLoadsWithoutStore ?? 20, lines: [] },
    valueTags: new Map(),
    maxStalenessMs: maxStaleness ? toMs(maxStaleness) : Infinity,
    flights: new Map(),
    costs: new Map(),
    tick: () => ++ticks,
  };
}

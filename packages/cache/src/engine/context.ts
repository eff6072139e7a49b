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

/**
 * Request to refresh an entry that is stale or near its end, for a queue or a background task: `cache.runRefreshTask`
 * runs it.
 */
export interface RefreshTask {
  readonly resource: string;
  readonly key: string;
  readonly params: unknown;
  /** Id of the entry: tasks with the same key and id request the same refresh. */
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
  /** First part of every name in the store; raise its number to abandon all entries. Default `cache:1`. */
  prefix?: string;
  /** Every resource of the application: `invalidatePattern` needs them to see which ones a pattern covers. */
  resources?: readonly AnyResource[];
  /** Time limit for one answer of the store, including retries of the store's client. Default "500 milliseconds". */
  storeTimeout?: Duration;
  /**
   * Longest time for which a read waits for a load in progress, in this process or another instance, before it loads
   * the value itself; half of the read's remaining time if that is less. The read waits once more if another instance
   * has taken over the load meanwhile. Default "5 seconds".
   */
  waitTimeout?: Duration;
  /**
   * Time after an invalidation for which an eventually consistent load is not trusted: longer than the lag of the
   * indexes and replicas from which loads read. Default "5 seconds".
   */
  replicationLag?: Duration;
  /**
   * Bound of a read's staleness even if the change stream stops, replicas lag or the store comes back with an older
   * state; only when the read's load fails, `staleIfError` allows an older value. Needs a scheduled `cache.beat`, at
   * intervals of at most half of this time. Default: no limit.
   */
  maxStaleness?: Duration;
  /**
   * "primary" (the default): the primary, where writes go, answers looks. "any", for readers far away from the primary:
   * a replica may answer, which may lag behind. Either way a look is one command in one request. Reads inside loads
   * always use the primary.
   */
  reads?: Reads;
  /** Capacity for entries in this process, in bytes of bodies and decoded texts, for resources with `l1`. Default 32 MiB. */
  l1MaxBytes?: number;
  /**
   * Highest number of concurrent loads that get no lease because the store is down or another load does not end in
   * time; loads inside a load are counted separately. Default 20.
   */
  maxLoadsWithoutStore?: number;
  /**
   * Takes over the refresh of entries, for instance by sending the task to a queue. Called at each stale hit and early
   * refresh, unless the resource forbids it or this process is loading the entry. Several tasks may request the same
   * refresh: they have the same key and entry id. Default: the reader refreshes.
   */
  enqueueRefresh?: (task: RefreshTask) => Promise<void> | void;
  /**
   * Keeps the process awake for refreshes that continue after an answer: the platform's `waitUntil`. Default: the
   * reader waits for its refresh.
   */
  waitUntil?: (work: Promise<unknown>) => void;
  /**
   * Called and awaited after each invalidation that the store has accepted, for instance to purge a CDN. If it fails, the
   * invalidation rejects with its error as the cause.
   */
  onInvalidate?: (what: Invalidated) => Promise<void> | void;
  /**
   * Checks a share of the hits against the origin, to find entries that no invalidation reached although the origin has
   * changed. Each check publishes an event of type `verified`. Default: no checks.
   */
  verify?: VerifyOptions;
  clock?: Clock;
  /** A number from 0 up to (not including) 1, for jitter, early refreshes and samples. */
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
  /**
   * Entries kept in this process. The first read of a resource with `l1` creates `held`: other processes never import
   * its code.
   */
  readonly l1: {
    readonly maxBytes: number;
    held?: HeldEntries;
    generation: number;
  };
  /** Limit of concurrent loads without a lease (`most`), and a waiting line for each nesting depth of loads. */
  readonly alone: { readonly most: number; readonly lines: (Semaphore | undefined)[] };
  /** Invalidations that failed in this process; null before the first failure. */
  pending: PendingInvalidations | null;
  readonly valueTags: ValueTags;
  /** Names of the resources whose values have named tags in this process. */
  readonly naming: Set<string>;
  /** Time for which an entry counts as current without a newer closed timestamp, in ms; Infinity: its whole lifetime. */
  readonly maxStalenessMs: number;
  /** Loads in progress in this process, by key. */
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
    storeTimeout = "0.5 seconds",
    maxStaleness,
  } = options;
  checkCache({ ...options, prefix, resources, storeTimeout });
  const storeMs = toMs(storeTimeout);
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
      // Increases with every invalidation made in this process: entries that were validated before it are not trusted.
      generation: 0,
    },
    alone: { most: options.maxLoadsWithoutStore ?? 20, lines: [] },
    valueTags: new Map(),
    naming: new Set(),
    maxStalenessMs: maxStaleness ? toMs(maxStaleness) : Infinity,
    flights: new Map(),
    costs: new Map(),
    tick: () => ++ticks,
  };
}

import { checkCacheOptions } from "./advisor.ts";
import { bind, type BoundCache } from "./bound-cache.ts";
import {
  type Args,
  type CacheEntry,
  type ManyArgs,
  toCacheEntry,
  type Warming,
} from "./cache-entry.ts";
import type { Duration } from "./duration.ts";
import {
  type CacheOptions,
  createEngine,
  type Engine,
  type RefreshTask,
} from "./engine/context.ts";
import { decodeServed } from "./engine/decode.ts";
import { fetch } from "./engine/fetch.ts";
import { type AnyReadOptions, type ReadOptions, startRead } from "./engine/read-context.ts";
import type { ManyOptions } from "./engine/get-many.ts";
import type { RefreshResult } from "./engine/refresh.ts";
import type { VerifyTask } from "./engine/verify.ts";
import type { WarmResult } from "./engine/warm-many.ts";
import type { GetOrSetOptions, GetOrSetRule } from "./get-or-set.ts";
import type { ListOptions, PatternOptions, PatternResult } from "./invalidation/pattern.ts";
import type { Target } from "./invalidation/targets.ts";
import type { Operations } from "./operations.ts";
import { EVERYTHING } from "./protocol/key-names.ts";
import type { Judgement } from "./protocol/verification.ts";
import { type Policy, PROTOCOL } from "./protocol/policy.ts";
import type {
  AnyResource,
  Awaitable,
  Loaded,
  LoadContext,
  NoInfer_,
  Resource,
} from "./resource.ts";
import type { BeatResult } from "./store.ts";
import type { Tag } from "./tag.ts";

const batches = () => import("./engine/get-many.ts");

/**
 * A cache over a store that many processes share. Once an invalidation has returned, no read that starts later returns
 * a value computed from older data. Safe for many concurrent requests; a store that is down never fails a read.
 *
 * @example
 * const cache = new Cache({ store: createUpstashStore({ url, token }) });
 * const found = await cache.get(book, { id: 7 }, { source: database });
 * await cache.invalidate(tags.book(7));
 */
export class Cache {
  readonly #engine: Engine;
  /** The resource behind each name: two that share one would read each other's entries. */
  readonly #definitions: Map<string, AnyResource>;

  /** `policy` is replaced by tests alone, to show that each of the protocol's rules is needed. */
  constructor(options: CacheOptions, policy: Policy = PROTOCOL) {
    checkCacheOptions(options);
    this.#engine = createEngine(options, policy);
    this.#definitions = new Map(options.resources?.map((each) => [each.name, each]));
  }

  /** The value, from the cache or its loader. Rejects as the loader does, or with `load_timeout` or `value_invalid`. */
  async get<P, V, S>(resource: Resource<P, V, S>, ...args: Args<P, S>): Promise<V> {
    const [params, options] = args as [P, Partial<ReadOptions<S>>?];
    return this.#unlessAborted(options, async () => {
      const started = await this.#start(resource, params, options);
      const served = await fetch(this.#engine, started);
      const { fits, value } = await decodeServed<V>(resource, served);
      if (fits) return value as V;
      const again = { ...started, unusable: served.entry.id };
      return (await (await batches()).getAgain(this.#engine, again)) as V;
    });
  }

  /** The stored body itself, for passing it on untouched. The resource's schema is not checked. */
  async getEntry<P, V, S>(
    resource: Resource<P, V, S>,
    ...args: Args<P, S>
  ): Promise<CacheEntry<V>> {
    const [params, options] = args as [P, Partial<ReadOptions<S>>?];
    const startMs = this.#engine.clock.now();
    return this.#unlessAborted(options, async () => {
      const started = await this.#start(resource, params, options);
      return toCacheEntry(this.#engine, started, await fetch(this.#engine, started), startMs);
    });
  }

  /** Reads the stored entry if it may be served, without a load; undefined when there is none. */
  async peek<P, V>(
    resource: Resource<P, V, never>,
    ...params: [P] extends [void] ? [params?: undefined] : [params: P]
  ): Promise<CacheEntry<V> | undefined> {
    const startMs = this.#engine.clock.now();
    const started = await this.#start(resource as Resource<P, V, unknown>, params[0] as P);
    const { peek } = await import("./engine/peek.ts");
    const served = await peek(this.#engine, started);
    return served && toCacheEntry(this.#engine, started, served, startMs);
  }

  /**
   * Many values at once, in order: one look at the store, one bulk load; each failure is an Error in its place. What is read
   * is treated as by `get`, entries held in the process, early refreshes and soft time limits included. With `snapshot` all
   * of them are as of one moment: no invalidation lies between any two.
   */
  async getMany<P, V, S>(
    resource: Resource<P, V, S>,
    params: readonly P[],
    ...[options = {}]: ManyArgs<S>
  ): Promise<(V | Error)[]> {
    return this.#unlessAborted(options, async () => {
      await this.#meet(resource);
      const many = options as ManyOptions<S>;
      const values = (await batches()).getMany(this.#engine, resource, params, many);
      return values as Promise<(V | Error)[]>;
    });
  }

  /** This cache with a source, and what else the reads of one request share, given once. */
  with<S = void>(options: Partial<ReadOptions<S>>): BoundCache<S> {
    return bind(this, options);
  }

  /**
   * Loads an entry now, whatever is stored. A load that began before this call is not joined, and what it would store is
   * refused. Rejects as the loader does.
   */
  async refresh<P, V, S>(resource: Resource<P, V, S>, ...args: Args<P, S>): Promise<RefreshResult> {
    await this.#meet(resource);
    return this.#later("refresh", resource, ...args) as Promise<RefreshResult>;
  }

  /**
   * Makes a write and stores what it returns as the resource's entry; `invalidate` names what else the write changes. The
   * fence is taken before the write, so that an old value is never put back. Rejects with `invalidation_failed`, and writes
   * nothing, when the store does not take it.
   */
  async set<P, V>(
    resource: Resource<P, V, never>,
    params: P,
    write: (signal: AbortSignal) => Awaitable<V | Loaded<V>>,
    { invalidate = [] }: { invalidate?: Target | readonly Target[] } = {},
  ): Promise<V> {
    await this.#meet(resource);
    return this.#later("set", resource, params, write, invalidate) as Promise<V>;
  }

  /**
   * Makes a write that hides something, with its invalidation announced before it. Rejects with `invalidation_failed`, and
   * writes nothing, when the store does not take the announcement; from then on nothing old is served, although the process
   * may die after the write. The write has 10 seconds, after which its signal is aborted. Two commands.
   */
  async change<T>(
    targets: Target | readonly Target[],
    write: (signal: AbortSignal) => Awaitable<T>,
  ): Promise<T> {
    return this.#later("change", targets, write) as Promise<T>;
  }

  /**
   * Says that every change made before `closedMs` (ms since the epoch) has been invalidated; reads of caches with
   * `maxStaleness` count on it. `expected` is the value that the last call returned, kept by the caller outside of the store,
   * or null: a store that holds another one was rolled back or replaced, and everything is invalidated. One caller at a time.
   */
  async beat(request: { closedMs: number; expected: string | null }): Promise<BeatResult> {
    return this.#later("beat", request) as Promise<BeatResult>;
  }

  /**
   * Does what a task handed to `enqueueRefresh` asks for: finds the resource by its name among `resources` and loads the entry
   * if it is missing, stale or near its end, through the same lease as reads. Rejects as the loader does.
   */
  async runRefreshTask(
    task: Omit<RefreshTask, "entryId"> & Partial<RefreshTask>,
    options: AnyReadOptions = {},
  ): Promise<RefreshResult> {
    return this.#later("runRefreshTask", task, options) as Promise<RefreshResult>;
  }

  /**
   * Does the check that a task of `verify.enqueue` asks for, and hands over the next one where the entry differs from the
   * origin: it is `stale` once no invalidation has come for 10, 60 and 300 s. Rejects as the loader does, or with `store_failed`.
   */
  async runVerifyTask(task: VerifyTask, options: AnyReadOptions = {}): Promise<Judgement> {
    return this.#later("runVerifyTask", task, options) as Promise<Judgement>;
  }

  /**
   * Refreshes many entries of a resource, in the order given by what each came to; one failure leaves the others alone.
   * What is missing or ends first is loaded first, so a call that ran out of time is continued by the next one.
   */
  async warm<P, V, S>(
    resource: Resource<P, V, S>,
    params: readonly P[],
    ...[options = {}]: Warming<S>
  ): Promise<WarmResult[]> {
    await this.#meet(resource);
    return this.#later("warm", resource, params, options) as Promise<WarmResult[]>;
  }

  /** Reads the value under a key that is any text, and loads it when it is missing. `cache.delete(key)` removes it. */
  async getOrSet<V>(
    key: string,
    load: (context: LoadContext) => Awaitable<V | Loaded<V>>,
    options: (Duration | GetOrSetOptions) & GetOrSetRule<NoInfer_<V>>,
  ): Promise<V> {
    const { ownResource } = await import("./get-or-set.ts");
    return this.get<void, V, void>(ownResource(key, load, options));
  }

  /** Removes the value under a key of `getOrSet`; a load of it that is under way is not stored. */
  async delete(key: string): Promise<void> {
    await this.#later("delete", key);
  }

  /** Makes one entry of a resource unreadable, or all of them; loads under way included. One command. */
  async invalidate<P>(
    resource: Resource<P, unknown, never>,
    ...params: [] | [params: P]
  ): Promise<void>;
  /** Makes every entry with one of the tags unreadable, loads under way included. An array may name whole resources too. One command. */
  async invalidate(...tags: readonly (Tag | readonly Target[])[]): Promise<void>;
  async invalidate(...args: readonly unknown[]): Promise<void> {
    await this.#later("invalidate", ...args);
  }

  /** Lets every entry of a resource be refreshed at its next read; it may be served as stale meanwhile. */
  async expire(resource: AnyResource): Promise<void>;
  /** Lets every entry with one of the tags be refreshed at its next read; it may be served as stale meanwhile. */
  async expire(...tags: readonly (Tag | readonly Target[])[]): Promise<void>;
  async expire(...args: readonly unknown[]): Promise<void> {
    await this.#later("expire", ...args);
  }

  /** Makes every entry of this cache unreadable, with one command. */
  async clear(): Promise<void> {
    await this.invalidate(EVERYTHING);
  }

  /**
   * Runs the operations of fills and invalidations in the store, under reserved names. Rejects with the fault: a wrong
   * token, a store that refuses writes, one that is too old for the scripts, one that does not read what it wrote.
   */
  async check(): Promise<{ roundTripMs: number }> {
    return this.#later("check") as Promise<{ roundTripMs: number }>;
  }

  /** Invalidates all keys that match a glob over `<resource>:<key>`: `book_list*`, `*:page:1`. */
  async invalidatePattern(pattern: string, options: PatternOptions = {}): Promise<PatternResult> {
    return this.#later("invalidatePattern", pattern, options) as Promise<PatternResult>;
  }

  /** One step of a walk over the keys of entries that match a glob; start at cursor "0", stop when it is "0" again. */
  async keys(pattern: string, from: ListOptions = {}): Promise<{ cursor: string; keys: string[] }> {
    return this.#later("keys", pattern, from) as ReturnType<Operations["keys"]>;
  }

  async #start<P, V, S>(
    resource: Resource<P, V, S>,
    params: P,
    options: Partial<ReadOptions<S>> = {},
  ) {
    await this.#meet(resource);
    return startRead(this.#engine, resource, params, options as ReadOptions<S>);
  }

  /** Does what no hit needs, which is loaded when it is asked for first. */
  async #later(name: keyof Operations, ...args: readonly unknown[]): Promise<unknown> {
    const { operationsOf } = await import("./operations.ts");
    const operation: (...args: never) => unknown = operationsOf(this.#engine, this.#definitions)[
      name
    ];
    return operation(...(args as never));
  }

  /** Remembers a resource by its name, which no other may have. */
  async #meet(resource: AnyResource): Promise<void> {
    if (!resource.isDeclared) return;
    const known = this.#definitions.get(resource.name);
    if (known === resource) return;
    if (known !== undefined) {
      const { refuseClash } = await import("./definition-clash.ts");
      refuseClash(known, resource);
    }
    this.#definitions.set(resource.name, resource);
  }

  /** Rejects as soon as the reader's signal is aborted; a load that others share goes on. */
  async #unlessAborted<T>(
    { signal }: { signal?: AbortSignal } = {},
    work: () => Promise<T>,
  ): Promise<T> {
    if (signal === undefined) return work();
    const { unlessAborted } = await import("./abort.ts");
    return unlessAborted(signal, work);
  }
}

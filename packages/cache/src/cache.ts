import { decodeServed } from "./engine/decode.ts";
import type { Duration } from "./duration.ts";
import {
  type CacheOptions,
  createEngine,
  type Engine,
  type RefreshTask,
} from "./engine/context.ts";
import type { Entry } from "./protocol/entry.ts";
import { CacheError } from "./errors.ts";
import type { PatternOptions, PatternResult } from "./invalidation/pattern.ts";
import { EVERYTHING } from "./protocol/key-names.ts";
import { type Policy, PROTOCOL } from "./protocol/policy.ts";
import { Definitions } from "./definitions.ts";
import { fetch } from "./engine/fetch.ts";
import { type ReadContext, type ReadOptions, startRead } from "./engine/read-context.ts";
import type { RefreshResult } from "./engine/refresh.ts";
import type { WarmOptions, WarmResult } from "./engine/warm-many.ts";
import { defineResource } from "./define-resource.ts";
import type { AnyResource, Resource } from "./resource.ts";
import type { ReadDetail, ReadStatus } from "./engine/served.ts";
import type { Tag } from "./tag.ts";

/** One read's result: the stored body as it is, what is known of it, and the value when it is asked for. */
export interface CacheEntry<Value> {
  /** `bypass`: loaded for this read alone, without the cache. */
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** Whether this read stored the entry. */
  readonly stored: boolean;
  /** Whether the entry comes from a load that another read had started. */
  readonly collapsed: boolean;
  readonly entry: Entry;
  /** Time this read took beside its load. */
  readonly storeMs: number;
  /** Time the load took, if this read did one. */
  readonly loadMs: number | undefined;
  /** The decoded value; undefined says "not found". */
  value(): Promise<Value | undefined>;
}

/** The last argument of reads: left out when the resource needs no source. */
type Request<Source> = [Source] extends [void]
  ? [request?: Partial<ReadOptions<Source>>]
  : [request: ReadOptions<Source>];

/**
 * A cache over a store that many processes share. Once an invalidation has returned, no read that starts later returns
 * a value computed from older data. Safe for many concurrent requests; a store that is down never fails a read.
 *
 * @example
 * const cache = new Cache({ store: createUpstashStore({ url, token }) });
 * const found = await cache.get(book, { id: 7 }, { source: database });
 * await cache.invalidate([tags.book(7)]);
 */
export class Cache {
  readonly #engine: Engine;
  readonly #definitions: Definitions;

  /** `policy` is replaced by tests alone, to show that each of the protocol's rules is needed. */
  constructor(options: CacheOptions, policy: Policy = PROTOCOL) {
    this.#engine = createEngine(options, policy);
    this.#definitions = new Definitions(options.resources ?? []);
  }

  /** The value, from the cache or its loader; undefined says "not found". Rejects as the loader does, or with `load_timeout`. */
  async get<P, V, S>(
    resource: Resource<P, V, S>,
    params: P,
    ...request: Request<S>
  ): Promise<V | undefined> {
    const started = await this.#start(resource, params, request[0]);
    const served = await fetch(this.#engine, started);
    const { fits, value } = await decodeServed(resource, served);
    if (fits) return value;
    const { getAgain } = await import("./engine/get-many.ts");
    return getAgain(this.#engine, { ...started, unusable: served.entry.id });
  }

  /** The stored body itself, for passing it on untouched. The resource's schema is not checked. */
  async getEntry<P, V, S>(
    resource: Resource<P, V, S>,
    params: P,
    ...request: Request<S>
  ): Promise<CacheEntry<V>> {
    const startMs = this.#engine.clock.now();
    const started = await this.#start(resource, params, request[0]);
    const served = await fetch(this.#engine, started);
    const { status, detail, stored, collapsed, entry, loadMs } = served;
    const storeMs = this.#engine.clock.now() - startMs - (loadMs ?? 0);
    const value = async () => {
      const decoded = await decodeServed<V>({}, served);
      if (decoded.fits) return decoded.value;
      throw new CacheError("store_failed", `${started.keys.key}: the stored body is damaged`);
    };
    return { status, detail, stored, collapsed, entry, storeMs, loadMs, value };
  }

  /**
   * Many values at once, in order: one look at the store, one bulk load; each failure is an Error in its place. What is read
   * is treated as by `get`, entries held in the process, early refreshes and soft time limits included.
   */
  async getMany<P, V, S>(
    resource: Resource<P, V, S>,
    params: readonly P[],
    ...request: Request<S>
  ): Promise<(V | undefined | Error)[]> {
    await this.#meet(resource);
    const { getMany } = await import("./engine/get-many.ts");
    return getMany(this.#engine, resource, params, (request[0] ?? {}) as ReadOptions<S>);
  }

  /**
   * Does what a task handed to `enqueueRefresh` asks for: finds the resource by its name among `resources` and loads the entry
   * if it is missing, stale or near its end, through the same lease as reads. Rejects as the loader does.
   */
  async runRefreshTask(
    task: Omit<RefreshTask, "entryId"> & Partial<RefreshTask>,
    // oxlint-disable-next-line typescript/no-explicit-any -- the source of a resource known by its name alone
    options: Partial<ReadOptions<any>> = {},
  ): Promise<RefreshResult> {
    const { runTask } = await import("./refresh-task.ts");
    return runTask(this.#engine, this.#definitions.find(task.resource), task, options);
  }

  /**
   * Refreshes many entries of a resource, in the order given by what each came to; one failure leaves the others alone.
   * What is missing or ends first is loaded first, so a call that ran out of time is continued by the next one.
   */
  async warm<P, V, S>(
    resource: Resource<P, V, S>,
    params: readonly P[],
    request: WarmOptions<S>,
  ): Promise<WarmResult[]> {
    await this.#meet(resource);
    const { refreshMany } = await import("./engine/warm-many.ts");
    return refreshMany(this.#engine, resource, params, request);
  }

  /** The value under a key of one's own, loaded when it is not there. Its tag is `@resource:<part before the first colon>`. */
  async getOrSet<V>(
    key: string,
    load: () => Promise<V | undefined> | V | undefined,
    ttl: Duration,
  ): Promise<V | undefined> {
    const [name = ""] = key.split(":");
    const resource = defineResource<void, V>({ name, ttl, load, enqueueRefresh: false });
    return this.get({ ...resource, isDeclared: false, keyFor: () => key }, undefined);
  }

  async #start<P, V, S>(
    resource: Resource<P, V, S>,
    params: P,
    options: Partial<ReadOptions<S>> = {},
  ): Promise<ReadContext<P, V, S>> {
    await this.#meet(resource);
    return startRead(this.#engine, resource, params, options as ReadOptions<S>);
  }

  /** Remembers a resource by its name, which no other may have. */
  async #meet(resource: AnyResource): Promise<void> {
    const other = resource.isDeclared ? this.#definitions.meet(resource) : undefined;
    if (other === undefined) return;
    const { refuseClash } = await import("./definition-clash.ts");
    refuseClash(other, resource);
  }

  /** Makes every entry with one of the tags unreadable, fills under way included. One command. */
  async invalidate(tags: readonly Tag[]): Promise<void> {
    const { invalidateTags } = await import("./invalidation/invalidate-now.ts");
    await invalidateTags(this.#engine, tags, false);
  }

  /** Lets every entry with one of the tags be refreshed at its next read; it may be served as stale meanwhile. */
  async expire(tags: readonly Tag[]): Promise<void> {
    const { invalidateTags } = await import("./invalidation/invalidate-now.ts");
    await invalidateTags(this.#engine, tags, true);
  }

  /** Removes entries by key (`<resource>:<key>`, as `resource.keyFor` builds it); fills under way are refused. */
  async delete(...keys: readonly string[]): Promise<void> {
    const { removeKeys } = await import("./invalidation/invalidate-now.ts");
    await removeKeys(this.#engine, keys);
  }

  /** Makes every entry of this cache unreadable, with one command. */
  async clear(): Promise<void> {
    const { invalidateTags } = await import("./invalidation/invalidate-now.ts");
    await invalidateTags(this.#engine, [EVERYTHING], false);
  }

  /** Invalidates all keys that match a glob over `<resource>:<key>`: `book_list*`, `*:page:1`. */
  async invalidatePattern(pattern: string, options: PatternOptions = {}): Promise<PatternResult> {
    const { removePattern } = await import("./invalidation/pattern.ts");
    return removePattern(this.#engine, pattern, options);
  }

  /** One step of a walk over the keys of entries that match a glob; start at cursor "0", stop when it is "0" again. */
  async keys(
    pattern: string,
    { cursor = "0", count = 100 }: { cursor?: string; count?: number } = {},
  ): Promise<{ cursor: string; keys: string[] }> {
    const { store, space } = this.#engine;
    const step = await store.scan({ cursor, pattern: space.entry(pattern), count });
    return {
      cursor: step.cursor,
      keys: step.keys.map(space.keyOfEntry).filter((key) => key !== null),
    };
  }
}

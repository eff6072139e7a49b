import { checkCacheOptions } from "./validate-options.ts";
import { bind, type BoundCache } from "./bound-cache.ts";
import {
  type Args,
  type CacheEntry,
  type ManyArgs,
  type OneOfMany,
  toCacheEntry,
} from "./cache-entry.ts";
import type { Duration } from "./duration.ts";
import { type CacheOptions, createEngine, type Engine } from "./engine/context.ts";
import { decodeServed } from "./engine/decode.ts";
import { fetch } from "./engine/fetch.ts";
import { openRead, type ReadOptions } from "./engine/read-context.ts";
import type { ManyOptions } from "./engine/get-many.ts";
import type { GetOrSetOptions } from "./get-or-set.ts";
import type { CacheOperations } from "./operations.ts";
import { type Policy, PROTOCOL } from "./protocol/policy.ts";
import type {
  AnySchema,
  Awaitable,
  Loaded,
  LoadContext,
  Resource,
  Serializer,
} from "./resource.ts";
import type { NoInfer_, Result, ValueRule } from "./resource-rules.ts";

const batches = () => import("./engine/get-many.ts");

const LATER =
  "peek refresh set change beat runRefreshTask runVerifyTask warm delete invalidate expire clear check invalidatePattern keys".split(
    " ",
  ) as readonly (keyof CacheOperations)[];

/** Includes the methods that no hit needs. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, typescript/no-empty-object-type -- the class defines all of them, by their names
export interface Cache extends CacheOperations {}

/**
 * A cache over a store that many processes share. Once an invalidation has returned, no read that starts later returns
 * a value computed from older data, unless an option allows it (`throttled`, `consistency: "eventual"`,
 * `l1.revalidateAfter`, `reads: "any"`). Safe for many concurrent requests; while the store is down, reads load.
 *
 * @example
 * const cache = new Cache({ store: createUpstashStore({ url, token }) });
 * const found = await cache.get(book, { id: 7 }, { source: database });
 * await cache.invalidate(tags.book(7));
 */
export class Cache {
  readonly #engine: Engine;

  /** Only tests replace `policy`, to show that each of the protocol's rules is needed. */
  constructor(options: CacheOptions, policy: Policy = PROTOCOL) {
    checkCacheOptions(options);
    this.#engine = createEngine(options, policy);
  }

  // Defined once for all of these methods: a hit loads this file, but not their code.
  static {
    for (const name of LATER)
      this.prototype[name] = async function (this: Cache, ...args: readonly unknown[]) {
        const { operationsOf } = await import("./operations.ts");
        const operation = operationsOf(this.#engine)[name] as (...given: never) => never;
        return operation(...(args as never));
      } as never;
  }

  /**
   * The value, from the cache or from `load`. Rejects with the loader's error, or with a CacheError such as
   * `load_timeout` or `value_invalid`.
   */
  get<P, V, S>(resource: Resource<P, V, S>, ...args: Args<P, S>): Promise<V> {
    const [params, options] = args as [P, Partial<ReadOptions<S>>?];
    return this.#unlessAborted(options, async () => {
      const read = await openRead(this.#engine, resource, params, options);
      const served = await fetch(this.#engine, read);
      const { fits, value } = await decodeServed<V>(resource, served);
      return (fits ? value : (await batches()).getAgain(this.#engine, read, served)) as V;
    });
  }

  /** The stored body, for sending it on unchanged. A stored value is not checked against the resource's schema. */
  getEntry<P, V, S>(resource: Resource<P, V, S>, ...args: Args<P, S>): Promise<CacheEntry<V>> {
    const [params, options] = args as [P, Partial<ReadOptions<S>>?];
    const startMs = this.#engine.clock.now();
    return this.#unlessAborted(options, async () => {
      const read = await openRead(this.#engine, resource, params, options);
      return options?.ifNoneMatch
        ? (await import("./revalidate.ts")).revalidate<V>(
            this.#engine,
            read,
            options.ifNoneMatch,
            startMs,
          )
        : toCacheEntry(this.#engine, read, await fetch(this.#engine, read), startMs);
    });
  }

  /**
   * Many values at once, in order: one look at the store (several if the bodies exceed 4 MiB), one `loadMany`; each
   * failure is an Error in its place. Each read behaves like `get`, including in-process entries, early refreshes and
   * soft time limits. With `snapshot` all values are from one point in time: no invalidation lies between any two of
   * them, and no entry survives the invalidation of a throttled tag. With `entries` each result is an entry, like that
   * of `getEntry`.
   */
  getMany<P, V, S, const Given extends ManyArgs<S>>(
    resource: Resource<P, V, S>,
    params: readonly P[],
    ...[options]: Given
  ): Promise<(OneOfMany<V, Given> | Error)[]> {
    return this.#unlessAborted(options, async () => {
      const { getMany } = await batches();
      const values = getMany(this.#engine, resource, params, options as ManyOptions<S>);
      return values as Promise<(OneOfMany<V, Given> | Error)[]>;
    });
  }

  /** This cache with a source and other read options bound once for all reads of a request. */
  with<S = void>(options: Partial<ReadOptions<S>>): BoundCache<S> {
    return bind(this, options);
  }

  /** Reads the value under a key, which may be any text, and loads it if it is missing. `cache.delete(key)` removes it. */
  async getOrSet<
    V,
    Schema extends AnySchema | undefined = undefined,
    Format extends Serializer | undefined = undefined,
  >(
    key: string,
    load: (context: LoadContext) => Awaitable<V | Loaded<V>>,
    options: (Duration | GetOrSetOptions<Schema, Format>) &
      ValueRule<NoInfer_<V>, NoInfer_<Schema>, NoInfer_<Format>>,
  ): Promise<Result<V, Schema>> {
    const own = await import("./get-or-set.ts");
    return this.get<void, never, void>(own.ownResource<never>(key, load as never, options));
  }

  /** Rejects as soon as the reader's signal is aborted; its load continues. */
  #unlessAborted<T>(
    options: { signal?: AbortSignal } | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    return options?.signal
      ? import("./abort.ts").then(({ unlessAborted }) => unlessAborted(options.signal, work))
      : work();
  }
}

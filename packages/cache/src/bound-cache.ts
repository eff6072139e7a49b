import type { Args, CacheEntry } from "./cache-entry.ts";
import type { Cache } from "./cache.ts";
import type { RefreshTask } from "./engine/context.ts";
import type { ReadOptions } from "./engine/read-context.ts";
import type { RefreshResult } from "./engine/refresh.ts";
import type { WarmOptions, WarmResult } from "./engine/warm-many.ts";
import type { Resource } from "./resource.ts";

/** A resource whose source is covered by the bound one, or that needs no source. */
type Needs<S, Source> = [Source] extends [S]
  ? unknown
  : [S] extends [void]
    ? unknown
    : { "the bound source lacks what this resource's loader needs": S };

/** A cache with a source and read options bound once for all reads of a request: made by `cache.with`. */
export interface BoundCache<Source> {
  get<P, V, S>(resource: Resource<P, V, S> & Needs<S, Source>, ...args: Args<P, void>): Promise<V>;
  getEntry<P, V, S>(
    resource: Resource<P, V, S> & Needs<S, Source>,
    ...args: Args<P, void>
  ): Promise<CacheEntry<V>>;
  getMany<P, V, S>(
    resource: Resource<P, V, S> & Needs<S, Source>,
    params: readonly P[],
    options?: Partial<ReadOptions<void>>,
  ): Promise<(V | Error)[]>;
  refresh<P, V, S>(
    resource: Resource<P, V, S> & Needs<S, Source>,
    ...args: Args<P, void>
  ): Promise<RefreshResult>;
  warm<P, V, S>(
    resource: Resource<P, V, S> & Needs<S, Source>,
    params: readonly P[],
    options?: Partial<WarmOptions<void>>,
  ): Promise<WarmResult[]>;
  runRefreshTask(task: RefreshTask): Promise<RefreshResult>;
}

const READS = ["get", "getEntry", "getMany", "refresh", "warm"] as const;

type AnyReads = Record<(typeof READS)[number], (...args: readonly unknown[]) => unknown>;

/** Passes the options of a bound cache to each read, which may override them. */
export function bind<Source>(
  cache: Cache,
  bound: Partial<ReadOptions<Source>>,
): BoundCache<Source> {
  const reads = READS.map((name) => [
    name,
    (resource: unknown, params: unknown, options?: object) =>
      (cache as unknown as AnyReads)[name](resource, params, { ...bound, ...options }),
  ]);
  return {
    ...(Object.fromEntries(reads) as Pick<BoundCache<Source>, (typeof READS)[number]>),
    runRefreshTask: (task) => cache.runRefreshTask(task, bound),
  };
}

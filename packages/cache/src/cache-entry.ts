import type { Engine } from "./engine/context.ts";
import type { ManyOptions } from "./engine/get-many.ts";
import type { AnyRead, ReadOptions } from "./engine/read-context.ts";
import type { ReadDetail, ReadStatus, Served } from "./engine/served.ts";
import type { WarmOptions } from "./engine/warm-many.ts";
import type { Entry } from "./protocol/entry.ts";
import { entryTag } from "./protocol/key-names.ts";

/** Result of one read: the stored body unchanged, its metadata, and the decoded value on request. */
export interface CacheEntry<out Value> {
  /** `bypass`: loaded past the cache, and not stored; `detail` says why. */
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** Hash of the body: 22 characters without an ETag's quotes; `-` if the value is undefined or cannot be stored. */
  readonly etag: string;
  /** Time since the load began; longer with `maxStaleness` if the value was made from older entries. */
  readonly ageMs: number;
  /** True when this read stored the entry. */
  readonly stored: boolean;
  /** True when the entry comes from a load that another read had started. */
  readonly collapsed: boolean;
  readonly entry: Entry;
  /** The entry's tags, including those that its value named. An entry made from this one inherits them by `Loaded.from`. */
  readonly tags: readonly string[];
  /** Time this read took, except for its load. */
  readonly storeMs: number;
  /** Time the load took, if this read did one. */
  readonly loadMs: number | undefined;
  /** Reads the entry again with its body. Present if this read left the body out (`ifNoneMatch`). */
  whole?(): Promise<CacheEntry<Value>>;
  /** The decoded value, parsed by the schema only in `getMany`; by default, null or undefined mean "not found". */
  value(): Promise<Value>;
}

export type Options<Source> = [Source] extends [void]
  ? [options?: Partial<ReadOptions<Source>>]
  : [options: ReadOptions<Source>];

/**
 * Arguments of a read after the resource: its parameters, if it has any, then options, which are required if its loader
 * takes a source.
 */
export type Args<Params, Source> = [Params] extends [void]
  ? [Source] extends [void]
    ? [params?: undefined, options?: Partial<ReadOptions<Source>>]
    : [params: undefined, options: ReadOptions<Source>]
  : [params: Params, ...options: Options<Source>];

export type Warming<Source> = [Source] extends [void]
  ? [options?: Partial<WarmOptions<Source>>]
  : [options: WarmOptions<Source>];

export type ManyArgs<Source> = [Source] extends [void]
  ? [options?: Partial<ManyOptions<Source>>]
  : [options: ManyOptions<Source>];

/** Type of one result of `getMany`: an entry if the options ask for entries, otherwise the value. */
export type OneOfMany<Value, Given extends readonly unknown[]> = Given extends readonly [
  { readonly entries: true },
]
  ? CacheEntry<Value>
  : Value;

/** The result of a read that began at `startMs`. */
export function toCacheEntry<V>(
  { clock }: Engine,
  read: AnyRead,
  served: Served,
  startMs: number,
): CacheEntry<V> {
  const { loaded: _value, lookedAt: _tick, asOf: _until, ...shown } = served;
  const { entry, loadMs, detail } = shown;
  const nowMs = clock.now();
  return {
    ...shown,
    detail,
    etag: entry.header.etag,
    ageMs: Math.max(0, nowMs - entry.header.createdMs),
    // The entry's own tag is included even if it has no stamp: an entry made from this one is invalidated with it.
    tags: [...new Set([...read.keys.tags, ...entry.header.valueTags, entryTag(read.keys.key)])],
    storeMs: nowMs - startMs - (loadMs ?? 0),
    loadMs,
    value: async () => (await import("./engine/checked-value.ts")).valueOf(read, served) as V,
  };
}

import type { Engine } from "./engine/context.ts";
import type { ManyOptions } from "./engine/get-many.ts";
import type { AnyRead, ReadOptions } from "./engine/read-context.ts";
import type { ReadDetail, ReadStatus, Served } from "./engine/served.ts";
import type { WarmOptions } from "./engine/warm-many.ts";
import type { Entry } from "./protocol/entry.ts";
import { entryTag } from "./protocol/key-names.ts";

/** One read's result: the stored body as it is, what is known of it, and the value when it is asked for. */
export interface CacheEntry<out Value> {
  /** `bypass`: loaded for this read alone, without the cache. */
  readonly status: ReadStatus;
  readonly detail: ReadDetail | undefined;
  /** Hash of the stored bytes: 22 characters, without the quotes of an ETag. */
  readonly etag: string;
  /** Time since its load began. */
  readonly ageMs: number;
  /** True when this read stored the entry. */
  readonly stored: boolean;
  /** True when the entry comes from a load that another read had started. */
  readonly collapsed: boolean;
  readonly entry: Entry;
  /** The entry's tags, those that its value named included: another entry made from it inherits them by `Loaded.from`. */
  readonly tags: readonly string[];
  /** Time this read took beside its load. */
  readonly storeMs: number;
  /** Time the load took, if this read did one. */
  readonly loadMs: number | undefined;
  /** Of an entry without its body (`ifNoneMatch`): reads it again, with its body. */
  whole?(): Promise<CacheEntry<Value>>;
  /** The decoded value; null or undefined say "not found". */
  value(): Promise<Value>;
}

export type Options<Source> = [Source] extends [void]
  ? [options?: Partial<ReadOptions<Source>>]
  : [options: ReadOptions<Source>];

/**
 * Arguments of reads beside the resource: parameters if it has any, then options, which a resource with a source needs.
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

/** Each result of `getMany`, as its options ask for it. */
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
    // The entry's tag comes along even if it has no stamp: a derived entry is invalidated with its source.
    tags: [...new Set([...read.keys.tags, ...entry.header.valueTags, entryTag(read.keys.key)])],
    storeMs: nowMs - startMs - (loadMs ?? 0),
    loadMs,
    value: async () => (await import("./engine/checked-value.ts")).valueOf(read, served) as V,
  };
}

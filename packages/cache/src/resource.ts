import type { Duration } from "./duration.ts";
import type { KeyValue } from "./key.ts";
import type { LoadReads } from "./recording/load-reads.ts";
import type { Tag } from "./tag.ts";

/** The part of Standard Schema (https://standardschema.dev) that the cache uses: schemas of zod, valibot and arktype fit. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly validate: (value: unknown, ...rest: never[]) => unknown;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- whatever it takes and gives
export type AnySchema = StandardSchema<any, any>;

/** Converts values to text and back: devalue and superjson are serializers. */
export interface Serializer {
  stringify(value: unknown): string;
  parse(text: string): unknown;
}

/** A tag whose invalidation spares entries that are younger than `forMs` and hot enough; made by `throttled`. */
export interface ThrottledTag {
  readonly tag: Tag;
  readonly forMs: number;
  /** Lowest heat (number of loads in a row that a throttled tag caused) at which an entry is spared; 0: any heat. */
  readonly afterReloads: number;
  /** `changeTag(tag)`, whose stamp announced changes remove too: they spare no entry. */
  readonly exact: Tag;
  /** True when an entry of this heat and age survives an invalidation of the tag. */
  readonly spares: (heat: number | undefined, ageMs: number) => boolean;
}

/** An entry from which another one is made, as `cache.getEntry` returns it. */
export interface SourceEntry {
  readonly tags: readonly string[];
  readonly entry: {
    readonly header: { readonly stamps: readonly string[]; readonly createdMs: number };
  };
}

/** Tags of a definition. "reads" stands for the tags of what the load reads, and is itself a tag of each recorded entry. */
export type GivenTags = "reads" | readonly ("reads" | Tag | ThrottledTag)[];

export type ResourceTags<Params> = GivenTags | ((params: Params) => GivenTags);

export interface LoadedOptions {
  /** Response headers to store beside the value. */
  headers?: Readonly<Record<string, string>>;
  /** False: the value is returned and not stored, and an older one that could be served is removed. */
  store?: boolean;
  /** Lifetimes of this value, such as the rest of a token's life; each applies only if it is shorter than the resource's. */
  ttl?: Duration;
  staleWhileRevalidate?: Duration;
  staleIfError?: Duration;
  /** `eventual`: this value may be older than an invalidation that has arrived, as all values of an eventual resource may. */
  consistency?: "eventual";
  /**
   * Tags that come from the value alone. A read in a process that does not know them yet may need one more look for their
   * stamps, and the first load under a tag without a stamp is not stored.
   */
  tags?: readonly Tag[];
  /** Entries that the value was made from, read within the load: invalidating one of them invalidates this entry too. */
  from?: readonly SourceEntry[];
  /**
   * Limit for what all entries with the same budget add to the store in a minute, in bytes of their texts. Entries beyond
   * it are stored for 10 s at most; none is refused. For values of which clients can request any number.
   */
  budget?: { readonly name: string; readonly bytesPerMinute: number };
  /** Validator for a conditional request to the origin, such as an ETag; the next load finds it in `context.previous`. */
  validator?: string;
}

/** A value with settings for its entry. */
export class Loaded<out Value> {
  readonly value: Value;
  readonly options: LoadedOptions;

  constructor(value: Value, options: LoadedOptions = {}) {
    this.value = value;
    this.options = options;
  }
}

/** Context of a load, beside its parameters and source. */
export interface LoadContext {
  /** Aborted when the load has reached its time limit or failed; pass it to `fetch` or the database client. */
  readonly signal: AbortSignal;
  /**
   * The entry that this load replaces, also when it was invalidated; undefined if none is known, and in bulk and
   * recorded loads.
   */
  readonly previous?: PreviousEntry | undefined;
  /** Records what this load reads, if the resource's tags ask for that; pass it to a recording client. */
  readonly reads?: LoadReads | undefined;
}

export interface PreviousEntry {
  readonly etag: string;
  readonly validator: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly ageMs: number;
  /** The decoded value, not parsed by the schema. */
  value(): Promise<unknown>;
  /** Keeps the value and renews its lifetime: return it when the origin says that nothing has changed. */
  notModified(): never;
}

export type Awaitable<T> = T | Promise<T>;

/** Lifetimes of values: the same options in resources, `getOrSet`, `cacheQuery` and `cacheMethod`. */
export interface Lifetime {
  /** Time for which a value is fresh: it is served without revalidation. */
  ttl: Duration;
  /** After `ttl`: how long it may be served while one instance refreshes it. Default: not at all. */
  staleWhileRevalidate?: Duration;
  /** After `ttl`: how long it may be served when the load fails. Default: as `staleWhileRevalidate`. */
  staleIfError?: Duration;
  /** Lifetime of "not found". Default: a tenth of `ttl`, at most 30 seconds; `false`: not stored. */
  negativeTtl?: Duration | false;
  /**
   * Randomises `ttl` by up to this share in both directions, so that entries made together do not expire together.
   * Default 0.1.
   */
  jitter?: number;
}

/** Options that resources, `getOrSet`, `cacheQuery` and `cacheMethod` share. */
export interface CommonOptions<
  Schema extends AnySchema | undefined = AnySchema | undefined,
  Format extends Serializer | undefined = Serializer | undefined,
> extends Lifetime {
  /**
   * A loaded value that does not match is a failed load. `get` and `getMany` return the schema's output, and treat a
   * stored value that does not match as a miss.
   */
  schema?: Schema;
  /** For values that JSON would change, such as Dates and Maps. Their entries are not sent to HTTP clients. */
  serializer?: Format;
  /** Change it when the value's shape changes: older entries are then misses, not errors. */
  version?: string | number;
  /**
   * `eventual`: the load may return data older than an earlier invalidation (an index, a replica). The value of the first
   * load under a key or after an invalidation, and of each load within the cache's `replicationLag` after that one, is
   * then kept for 1 s. Default `strong`.
   */
  consistency?: "strong" | "eventual";
  /**
   * Keeps entries in the process too. Each read validates them by their stamps, or trusts them for `revalidateAfter`
   * without asking. With `share`, reads get one frozen value. Default false.
   */
  l1?: boolean | { readonly revalidateAfter?: Duration; readonly share?: boolean };
  /**
   * Compression of bodies of 1 KiB and more. Default "br" (Brotli); "gzip" for readers or a CDN that support nothing
   * else.
   */
  compression?: false | "br" | "gzip";
  /**
   * After this time the load is abandoned if a stale value can be served instead. The next attempt comes 2 s later at the
   * earliest, so choose a time that is longer than most loads take.
   */
  softTimeout?: Duration;
  /** After this time the load is abandoned. Default "10 seconds". */
  hardTimeout?: Duration;
  /** Returns true for values that mean "not found". Default: null and undefined. */
  isNotFound?: (value: unknown) => boolean;
  /**
   * `shadow`: every read loads and returns the loaded value; entries are filled as usual, and the stored value is
   * compared with the loaded one (events of type `shadow`). A function is called at each read. Default `on`.
   */
  mode?: Mode | (() => Mode);
  /**
   * Percentage of the keys that the cache serves, 0 to 100, chosen by hash; reads of the others load. A function is
   * called at each read. Default 100.
   */
  ramp?: number | (() => number);
}

export type Mode = "on" | "shadow";

/** Rollout settings of a resource, as given. */
export interface Rollout {
  readonly mode: CommonOptions["mode"] | undefined;
  readonly ramp: CommonOptions["ramp"] | undefined;
}

export interface ResourceOptions<
  Params,
  Value,
  Source,
  Schema extends AnySchema | undefined = undefined,
  Format extends Serializer | undefined = undefined,
> extends CommonOptions<Schema, Format> {
  /**
   * Unique name, the first part of every key: `book_list`. Letters, digits, `_`, `-` and `.`, but not only digits; a
   * few names, such as `tag`, are reserved.
   */
  name: string;
  /**
   * Identifies an entry, as plain data: `({ id }) => ({ id })`. Default: the parameter itself, if it is a scalar or a
   * list of scalars. Include every parameter that `load` reads: entries that share a key share a value. Compute it from
   * the parameters only, like the tags: a process may remember both for each parameter. Give its parameter a type, or
   * place it after `load`, from which TypeScript then takes the type.
   */
  key?: (params: Params) => KeyValue;
  /**
   * Tags computed from the parameters only, so that one request can ask for the entry and the tags' stamps. With
   * "reads", alone or among other tags, the reads that the load makes through a recording client add the rest.
   * `loadMany` is not used then: `load` runs once for each entry.
   */
  tags?: ResourceTags<Params>;
  /**
   * False: the cache's `verify` does not check its hits, because its values depend on more than the data, such as the
   * time.
   */
  verify?: false;
  /**
   * False: its refreshes are never passed to the cache's `enqueueRefresh`, nor its hits to `verify`, because only the
   * reader can load it. Default true; false for `cacheQuery`, because a function's arguments would go to the queue as
   * JSON.
   */
  enqueueRefresh?: boolean;
  /** Fetches the value; by default, `undefined` and `null` mean "not found". */
  load: (params: Params, source: Source, context: LoadContext) => Awaitable<Value | Loaded<Value>>;
  /** Fetches many values at once, in order; an Error in a place fails only that one. Default: `load` for each. */
  loadMany?: (
    params: readonly Params[],
    source: Source,
    context: LoadContext,
  ) => Awaitable<readonly (Value | Loaded<Value> | Error)[]>;
}

/** Definition of cached values: name, key, tags, lifetimes and loader. Made by `defineResource`. */
export interface Resource<in Params, out Value, in Source> {
  readonly name: string;
  readonly fingerprint: string;
  /** Carried by every entry of the resource. */
  readonly tag: Tag;
  /** The key function as defined; undefined if the parameter is its own key. */
  readonly key: ((params: Params) => KeyValue) | undefined;
  /** The entry's key without the cache's prefix: `book_list:shelf:all`. */
  readonly keyFor: (params: Params) => string;
  readonly tagsFor: (params: Params) => readonly (Tag | ThrottledTag)[];
  readonly freshMs: number;
  readonly staleMs: number;
  readonly staleIfErrorMs: number;
  /** 0: "not found" is not stored. */
  readonly negativeMs: number;
  readonly jitter: number;
  readonly consistency: "strong" | "eventual";
  /**
   * Milliseconds for which an entry in the process is trusted without asking for its stamps; null: entries are not kept
   * in the process.
   */
  readonly l1TrustMs: number | null;
  /** True when reads from the process share one frozen value. */
  readonly isShared: boolean | undefined;
  readonly deferrable: boolean;
  /** False: made by `getOrSet` for one key. All of these have the same name, so none is registered under it. */
  readonly isDeclared: boolean;
  readonly compression: false | "br" | "gzip";
  /** Infinity: no soft limit. */
  readonly softTimeoutMs: number;
  readonly hardTimeoutMs: number;
  readonly isNotFound: (value: unknown) => boolean;
  readonly verifiable: boolean;
  /** Null: the cache serves every key. */
  readonly rollout: Rollout | null;
  readonly schema: AnySchema | undefined;
  readonly serializer: Serializer | undefined;
  readonly load: (
    params: Params,
    source: Source,
    context: LoadContext,
  ) => Awaitable<Value | Loaded<Value>>;
  readonly loadMany:
    | ((
        params: readonly Params[],
        source: Source,
        context: LoadContext,
      ) => Awaitable<readonly (Value | Loaded<Value> | Error)[]>)
    | undefined;
}

/** Any resource, for registries and tools. `never` parameters make accidental calls impossible. */
export type AnyResource = Resource<never, unknown, never>;

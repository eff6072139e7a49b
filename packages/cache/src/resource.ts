import { type Duration, toMs } from "./duration.ts";
import type { Tag } from "./tag.ts";

/** The part of Standard Schema (https://standardschema.dev) that is used: zod, valibot and arktype schemas fit. */
export interface StandardSchema<Value> {
  readonly "~standard": {
    readonly validate: (
      value: unknown,
    ) => { readonly value: Value } | { readonly issues: readonly unknown[] } | Promise<unknown>;
  };
}

/** A tag whose invalidation spares entries younger than `forMs`. */
export interface ThrottledTag {
  readonly tag: Tag;
  readonly forMs: number;
}

/** Lets entries younger than `interval` survive an invalidation of `tag`: a busy feed is then loaded at most once in that time. */
export function throttled(tag: Tag, interval: Duration): ThrottledTag {
  return { tag, forMs: toMs(interval) };
}

/** A value with what a plain value cannot say: response headers to store beside it, or that it must not be stored. */
export class Loaded<Value> {
  readonly value: Value;
  readonly headers: Readonly<Record<string, string>>;
  readonly store: boolean;

  constructor(value: Value, options: { headers?: Record<string, string>; store?: boolean } = {}) {
    this.value = value;
    this.headers = options.headers ?? {};
    this.store = options.store ?? true;
  }
}

/** What a loader is told beside its parameters and source. */
export interface LoadContext {
  /** Aborted when nobody waits for the load any more: pass it to `fetch` or the database client. */
  readonly signal: AbortSignal;
}

type Awaitable<T> = T | Promise<T>;

export interface ResourceOptions<Params, Value, Source> {
  /** Unique, and the first part of every key: `book_list`. Letters, digits, `_`, `-` and `.`. */
  name: string;
  /** What tells one entry from another; `keyOf` builds it. Without it there is one entry: `all`. */
  key?: (params: Params) => string;
  /** Tags from the parameters alone, so that one request can ask for the entry and their stamps together. */
  tags?: (params: Params) => readonly (Tag | ThrottledTag)[];
  /** Raise it when the value's shape changes: old entries are then misses, not errors. */
  version?: string | number;
  /** A stored value that does not fit is a miss. What the schema makes of a value is what reads get. */
  schema?: StandardSchema<Value>;
  /** How long a value is served without a question. */
  ttl: Duration;
  /** After `ttl`: how long it may be served while one instance refreshes it. Default: not at all. */
  staleWhileRevalidate?: Duration;
  /** After `ttl`: how long it may be served when the load fails. Default: as `staleWhileRevalidate`. */
  staleIfError?: Duration;
  /** How long "not found" is remembered. Default: a tenth of `ttl`, at most 30 seconds; `false`: not at all. */
  negativeTtl?: Duration | false;
  /** Spreads `ttl` by up to this share either way, so that entries made together do not end together. Default 0.1. */
  jitter?: number;
  /**
   * `eventual`: the load may see data older than an invalidation that has arrived (an index, a replica), so values loaded
   * until a while after the first load that follows one, or the first under a key, live 1 s. Default `strong`.
   */
  consistency?: "strong" | "eventual";
  /** Keeps entries in the process too: validated by their stamps at each read, or trusted for a while without. Default false. */
  l1?: boolean | { readonly revalidateAfter: Duration };
  /** False: its refreshes are never handed to the cache's `enqueueRefresh`, since nobody but the reader can load it. */
  enqueueRefresh?: false;
  /** How bodies of 1 KiB and more are compressed. Default "br" (Brotli). */
  compression?: false | "br";
  /**
   * After it the load is given up when a stale value can be served instead; the next try comes 2 s later at the earliest,
   * so make it longer than most loads.
   */
  softTimeout?: Duration;
  /** After it the load is given up. Default "10 seconds". */
  hardTimeout?: Duration;
  /** Fetches the value; `undefined` says "not found". */
  load: (
    params: Params,
    source: Source,
    context: LoadContext,
  ) => Awaitable<Value | Loaded<Value> | undefined>;
  /** Fetches many values at once, in order; an Error in a place fails that one alone. Default: `load` for each. */
  loadMany?: (
    params: readonly Params[],
    source: Source,
    context: LoadContext,
  ) => Awaitable<readonly (Value | Loaded<Value> | undefined | Error)[]>;
}

/** A cached view of some data: its key, tags, lifetime and loader in one place. Made by `defineResource`. */
export interface Resource<Params, Value, Source> {
  readonly name: string;
  readonly fingerprint: string;
  /** Carried by every entry of the resource. */
  readonly tag: Tag;
  /** The entry's key without the store's prefix: `book_list:shelf:all`. */
  readonly keyFor: (params: Params) => string;
  readonly tagsFor: (params: Params) => readonly (Tag | ThrottledTag)[];
  readonly freshMs: number;
  readonly staleMs: number;
  readonly staleIfErrorMs: number;
  /** 0: "not found" is not stored. */
  readonly negativeMs: number;
  readonly jitter: number;
  readonly consistency: "strong" | "eventual";
  /** Milliseconds an entry held in the process is trusted without asking for its stamps; null: not held. */
  readonly l1TrustMs: number | null;
  readonly deferrable: boolean;
  /** False: made for one key of `getOrSet`, of which there may be any number. */
  readonly isDeclared: boolean;
  readonly compress: boolean;
  /** Infinity: no soft limit. */
  readonly softTimeoutMs: number;
  readonly hardTimeoutMs: number;
  readonly schema: StandardSchema<Value> | undefined;
  readonly load: NonNullable<ResourceOptions<Params, Value, Source>["load"]>;
  readonly loadMany: ResourceOptions<Params, Value, Source>["loadMany"];
}

/** Any resource, for registries and tools. `never` parameters keep it impossible to call by accident. */
// oxlint-disable-next-line typescript/no-explicit-any -- the value and source of an unknown resource are not known either
export type AnyResource = Resource<never, any, any>;

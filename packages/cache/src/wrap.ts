import { checkOptions } from "./advisor.ts";
import type { Cache } from "./cache.ts";
import { resourceOf } from "./define-resource.ts";
import type { RefreshResult } from "./engine/refresh.ts";
import type { KeyValue, Scalar } from "./key.ts";
import type {
  Awaitable,
  CommonOptions,
  Loaded,
  NoInfer_,
  Resource,
  ThrottledTag,
} from "./resource.ts";
import type { Tag } from "./tag.ts";

export interface QueryOptions<Arguments extends readonly unknown[]> extends CommonOptions {
  cache: Cache;
  /** Unique, and the first part of every key: functions have no reliable name of their own. */
  name: string;
  /** Identifies a call. Default: the arguments, if all of them are scalars. */
  key?: (...args: Arguments) => KeyValue;
  tags?: (...args: Arguments) => readonly (Tag | ThrottledTag)[];
}

type ArgumentsRule<Arguments extends readonly unknown[]> = [Arguments] extends [readonly Scalar[]]
  ? unknown
  : { key: (...args: Arguments) => KeyValue };

/** A function whose results are cached. */
export interface CachedFunction<Arguments extends readonly unknown[], Value> {
  (...args: Arguments): Promise<Value>;
  /** Makes the result for these arguments unreadable. */
  invalidate(...args: Arguments): Promise<void>;
  /** Calls the function now, whatever is stored, and stores its result. */
  refresh(...args: Arguments): Promise<RefreshResult>;
  /** Resource of the results: `cache.invalidate(fn.resource)` drops them all. */
  readonly resource: Resource<Arguments, Value, void>;
}

/**
 * Wraps a function so that its results are cached; null and undefined say "not found" and are remembered for a shorter time.
 *
 * @example
 * const userById = cacheQuery({ cache, name: "user", ttl: "5 minutes" }, (id: number) => database.user(id));
 * await userById(7);
 * await userById.invalidate(7);
 */
export function cacheQuery<Arguments extends readonly unknown[], Value>(
  options: QueryOptions<NoInfer_<Arguments>> & ArgumentsRule<Arguments>,
  query: (...args: Arguments) => Awaitable<Value | Loaded<Value>>,
): CachedFunction<Arguments, Value> {
  const { cache } = options;
  const resource = ofCalls<Arguments, Value, void>(options, "cacheQuery", (args) => query(...args));
  const call = (...args: Arguments): Promise<Value> => cache.get(resource, ...([args] as never));
  const invalidate = (...args: Arguments) => cache.invalidate(resource, args);
  const refresh = (...args: Arguments) => cache.refresh(resource, ...([args] as never));
  return Object.assign(call, { invalidate, refresh, resource });
}

/**
 * A standard (TC39) decorator that caches a method's results. All instances share the entries: where their state
 * matters, put it into `key`.
 *
 * @example
 * class Users {
 *   @cacheMethod({ cache, name: "users.find", ttl: "5 minutes" })
 *   async find(id: number) {
 *     return database.user(id);
 *   }
 * }
 */
export function cacheMethod<Arguments extends readonly unknown[]>(
  options: QueryOptions<Arguments>,
) {
  return function decorate<This, Value>(
    method: (this: This, ...args: Arguments) => Promise<Value>,
    _context: ClassMethodDecoratorContext<This, (this: This, ...args: Arguments) => Promise<Value>>,
  ): (this: This, ...args: Arguments) => Promise<Value> {
    const { cache } = options;
    const resource = ofCalls<Arguments, Value, This>(options, "cacheMethod", (args, instance) =>
      method.apply(instance, [...args] as never),
    );
    return function cached(this: This, ...args) {
      return cache.get(resource, ...([args, { source: this }] as never));
    };
  };
}

/** The resource whose parameters are a call's arguments. */
function ofCalls<Arguments extends readonly unknown[], Value, Source>(
  options: QueryOptions<Arguments>,
  wrapper: string,
  load: (args: Arguments, source: Source) => Awaitable<Value | Loaded<Value>>,
): Resource<Arguments, Value, Source> {
  const label = `${wrapper}: `;
  checkOptions(options, "function", { label, needed: ["cache", "name", "ttl"] });
  const { cache: _cache, key, tags, ...rest } = options;
  return resourceOf<Arguments, Value, Source>(
    {
      ...rest,
      ...(key && { key: (args) => key(...args) }),
      ...(tags && { tags: (args) => tags(...args) }),
      enqueueRefresh: false,
      load,
    },
    { ownKeyOf: callOf },
  );
}

/** Default key of a call: its arguments; those left out at the end are as good as undefined. */
function callOf(args: readonly unknown[]): unknown {
  const given = args.slice(0, args.findLastIndex((each) => each !== undefined) + 1);
  return given.length > 1 ? given : given[0];
}

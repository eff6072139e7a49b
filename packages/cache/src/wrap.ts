import type { Cache } from "./cache.ts";
import type { Duration } from "./duration.ts";
import { keyOfArguments } from "./json-key.ts";
import { defineResource } from "./define-resource.ts";
import type { Resource } from "./resource.ts";
import type { Tag } from "./tag.ts";

export interface QueryOptions<Arguments extends readonly unknown[]> {
  cache: Cache;
  /** Unique, and the first part of every key: functions have no reliable name of their own. */
  name: string;
  ttl: Duration;
  /** What tells one call from another. Default: all arguments, which must then be JSON values. */
  key?: (...args: Arguments) => string;
  tags?: (...args: Arguments) => readonly Tag[];
}

/**
 * Wraps a function so that its results are cached; `undefined` says "not found" and is remembered for a shorter time.
 *
 * @example
 * const userById = cacheQuery({ cache, name: "user", ttl: "5 minutes" }, (id: number) => database.user(id));
 */
export function cacheQuery<Arguments extends readonly unknown[], Value>(
  options: QueryOptions<Arguments>,
  query: (...args: Arguments) => Promise<Value> | Value,
): (...args: Arguments) => Promise<Value> {
  const { cache } = options;
  const resource = resourceOf<Arguments, Value, void>(options, (args) => query(...args));
  // What the loader may answer is what a caller may get, "not found" included.
  return (...args) => cache.get(resource, args) as Promise<Value>;
}

/**
 * A standard (TC39) decorator that caches a method's results. All instances share the entries: where their state
 * matters, put it into `key`.
 *
 * @example
 * class Users {
 *   @cacheMethod({ cache, name: "users.find", ttl: "5 minutes" })
 *   async find(id: number) { … }
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
    const resource = resourceOf(options, (args: Arguments, instance: This) =>
      method.apply(instance, [...args] as never),
    );
    return function cached(this: This, ...args) {
      return cache.get<Arguments, Value, This>(
        resource,
        args,
        ...([{ source: this }] as never),
      ) as Promise<Value>;
    };
  };
}

function resourceOf<Arguments extends readonly unknown[], Value, Source>(
  { name, ttl, key = (...args) => keyOfArguments(args), tags = () => [] }: QueryOptions<Arguments>,
  load: (args: Arguments, source: Source) => Promise<Value> | Value,
): Resource<Arguments, Value, Source> {
  return defineResource<Arguments, Value, Source>({
    name,
    key: (args) => key(...args),
    tags: (args) => tags(...args),
    ttl,
    enqueueRefresh: false,
    load,
  });
}

import { checkOptions, COMMON, NAMED } from "./validate-options.ts";
import type { Cache } from "./cache.ts";
import { resourceOf } from "./define-resource.ts";
import type { RefreshResult } from "./engine/refresh.ts";
import { refuse } from "./errors.ts";
import { describe } from "./faults.ts";
import type { KeyValue, Scalar } from "./key.ts";
import type {
  AnySchema,
  Awaitable,
  CommonOptions,
  Loaded,
  Resource,
  ResourceOptions,
  Serializer,
  ThrottledTag,
} from "./resource.ts";
import type { NoInfer_, Refused, Result, ValueRule } from "./resource-rules.ts";
import type { Tag } from "./tag.ts";

/**
 * All options of a resource except `load`; `key` and `tags` get the arguments, `loadMany` serves `getMany` and `warm`
 * of `fn.resource`.
 */
export interface QueryOptions<
  Arguments extends readonly unknown[],
  Value = unknown,
  Schema extends AnySchema | undefined = AnySchema | undefined,
  Format extends Serializer | undefined = Serializer | undefined,
> extends Omit<ResourceOptions<Arguments, Value, void, Schema, Format>, "key" | "tags" | "load"> {
  cache: Cache;
  /** Identifies a call. Default: the arguments, if all of them are scalars. */
  key?: (...args: Arguments) => KeyValue;
  /** Not "reads": a function gets no recording client. */
  tags?: OwnTags | ((...args: Arguments) => OwnTags);
}

type OwnTags = readonly (Tag | ThrottledTag)[];

/** Options of `cacheQuery` except those that only work without an instance. */
export interface MethodOptions<
  Arguments extends readonly unknown[],
  Schema extends AnySchema | undefined = AnySchema | undefined,
  Format extends Serializer | undefined = Serializer | undefined,
>
  extends
    Omit<
      QueryOptions<Arguments, unknown, Schema, Format>,
      "loadMany" | "verify" | "enqueueRefresh"
    >,
    Refused<{
      loadMany: "cacheMethod: its calls are of many instances: give `loadMany` to cacheQuery";
      verify: "cacheMethod: only an instance can load it, so it is not verified: leave `verify` out";
      enqueueRefresh: "cacheMethod: only an instance can load it: use cacheQuery";
    }> {}

type ArgumentsRule<Arguments extends readonly unknown[]> = [Arguments] extends [readonly Scalar[]]
  ? unknown
  : { key: (...args: Arguments) => KeyValue };

/** A function whose results are cached. */
export interface CachedFunction<Arguments extends readonly unknown[], Value> {
  (...args: Arguments): Promise<Value>;
  /** Invalidates the result for these arguments. */
  invalidate(...args: Arguments): Promise<void>;
  /** Calls the function now, whatever is stored, and stores its result. */
  refresh(...args: Arguments): Promise<RefreshResult>;
  /** Resource of the results: `cache.invalidate(fn.resource)` invalidates them all. */
  readonly resource: Resource<Arguments, Value, void>;
}

/**
 * Wraps a function so that its results are cached; null and undefined mean "not found" and are remembered for a shorter
 * time.
 *
 * @example
 * const userById = cacheQuery({ cache, name: "user", ttl: "5 minutes" }, (id: number) => database.user(id));
 * await userById(7);
 * await userById.invalidate(7);
 */
export function cacheQuery<
  Arguments extends readonly unknown[],
  Value,
  Schema extends AnySchema | undefined = undefined,
  Format extends Serializer | undefined = undefined,
>(
  options: QueryOptions<NoInfer_<Arguments>, NoInfer_<Value>, Schema, Format> &
    ArgumentsRule<Arguments> &
    ValueRule<NoInfer_<Value>, NoInfer_<Schema>, NoInfer_<Format>>,
  query: (...args: Arguments) => Awaitable<Value | Loaded<Value>>,
): CachedFunction<Arguments, Result<Value, Schema>> {
  checkOptions(options, `${NAMED} cache`, { label: "cacheQuery: ", needed: NEEDED });
  if (typeof query !== "function")
    refuse(`cacheQuery: its second argument is ${describe(query)}: pass the function to cache`);
  const { cache, enqueueRefresh = false } = options;
  type Output = Result<Value, Schema>;
  const given: CallOptions<Arguments> = { ...options, enqueueRefresh };
  const resource = ofCalls<Arguments, Output, void>(
    given,
    (args) => query(...args) as Awaitable<Output>,
  );
  // Registers the resource, so that a queue's consumer finds it by its name from the start; an empty list loads nothing.
  if (enqueueRefresh) cache.warm(resource, []).catch(() => undefined);
  const call = (...args: Arguments): Promise<Output> => cache.get(resource, ...([args] as never));
  const invalidate = (...args: Arguments) => cache.invalidate(resource, args);
  const refresh = (...args: Arguments) => cache.refresh(resource, ...([args] as never));
  return Object.assign(call, { invalidate, refresh, resource });
}

/**
 * A standard (TC39) decorator that caches a method's results. All instances share the entries, and `key` gets only the
 * arguments: results must not depend on an instance's state.
 *
 * @example
 * class Users {
 *   @cacheMethod({ cache, name: "users.find", ttl: "5 minutes" })
 *   async find(id: number) {
 *     return database.user(id);
 *   }
 * }
 */
export function cacheMethod<
  Arguments extends readonly unknown[],
  Schema extends AnySchema | undefined = undefined,
  Format extends Serializer | undefined = undefined,
>(options: MethodOptions<Arguments, Schema, Format>) {
  checkOptions(options, `${COMMON} name key cache`, { label: "cacheMethod: ", needed: NEEDED });
  return function decorate<This, Value>(
    method: ((this: This, ...args: Arguments) => Promise<Value>) &
      ValueRule<NoInfer_<Value>, Schema, Format>,
    _context: ClassMethodDecoratorContext<This, (this: This, ...args: Arguments) => Promise<Value>>,
  ): (this: This, ...args: Arguments) => Promise<Result<Value, Schema>> {
    const { cache } = options;
    if (typeof method !== "function")
      refuse(
        `cacheMethod: decorates ${describe(method)}: it is a standard decorator of methods, so leave experimentalDecorators out of tsconfig.json`,
      );
    const call: (this: This, ...args: Arguments) => Promise<unknown> = method;
    const resource = ofCalls<Arguments, unknown, This>(
      { ...options, enqueueRefresh: false },
      (args, instance) => call.apply(instance, [...args] as never),
    );
    return function cached(this: This, ...args) {
      return cache.get(resource, ...([args, { source: this }] as never)) as never;
    };
  };
}

const NEEDED = ["cache", "name", "ttl"];

/** Options that functions and methods share; those of a function alone, `loadMany` and `verify`, are passed on unchanged. */
type CallOptions<Arguments extends readonly unknown[]> = CommonOptions &
  Pick<QueryOptions<Arguments>, "cache" | "name" | "key" | "tags" | "enqueueRefresh">;

/** The resource whose parameters are a call's arguments. */
function ofCalls<Arguments extends readonly unknown[], Value, Source>(
  { cache: _cache, key, tags, ...rest }: CallOptions<Arguments>,
  load: (args: Arguments, source: Source) => Awaitable<Value | Loaded<Value>>,
): Resource<Arguments, Value, Source> {
  if ([tags].flat().includes("reads" as never))
    refuse(`"${rest.name}": tags "reads" need what defineResource hands to load: context.reads`);
  const ofArguments = {
    ...(key && { key: (args: Arguments) => key(...args) }),
    ...(tags && { tags: typeof tags === "function" ? (args: Arguments) => tags(...args) : tags }),
  };
  return resourceOf({ ...rest, ...ofArguments, load }, { ownKeyOf: callOf });
}

/** Default key of a call: its arguments. Omitted trailing arguments equal undefined ones. */
function callOf(args: readonly unknown[]): unknown {
  const given = args.slice(0, args.findLastIndex((each) => each !== undefined) + 1);
  return given.length > 1 ? given : given[0];
}

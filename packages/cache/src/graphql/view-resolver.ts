import type { CacheEntry } from "../cache-entry.ts";
import { refuse } from "../errors.ts";
import type { Target } from "../invalidation/targets.ts";
import type { AnyResource, Awaitable, Resource } from "../resource.ts";
import { currentRun, readPart, type Run } from "./run.ts";

/** A resolver as graphql-js calls it. */
export type Resolver<Parent, Args, Context, Result> = (
  parent: Parent,
  args: Args,
  context: Context,
  info: never,
) => Promise<Result>;

/**
 * Resources of the resolvers that `view` has made, by number; they bound the lifetimes of the resolvers' fields. The
 * resolver's name contains the number, because the name survives when a server binds the resolver.
 */
const views: AnyResource[] = [];

export function viewOf(resolver: unknown): AnyResource | undefined {
  const name = typeof resolver === "function" ? resolver.name : "";
  const [, number] = /^(?:bound )*view (\d+) of /.exec(name) ?? [];
  return number === undefined ? undefined : views[Number(number)];
}

/**
 * Creates a resolver that reads a resource; the response then depends on the entry. Reads of one resource by resolvers of
 * one level share one look. The field is null if `params` returns undefined. `pick` computes the field's value from the
 * entry's value; it is not called for null, undefined or "not found", which make the field null.
 *
 * @example
 * const resolvers = { Query: { book: view(book, ({ id }) => ({ id: Number(id) })) } };
 */
export function view<
  Params,
  Value,
  // oxlint-disable-next-line typescript/no-explicit-any -- a schema's types are its author's
  Args = any,
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  Context = any,
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  Parent = any,
  Result = Value,
>(
  // oxlint-disable-next-line typescript/no-explicit-any -- the source is given with the run
  resource: Resource<Params, Value, any>,
  params: (args: Args, context: Context, parent: Parent) => Params | undefined,
  pick?: (
    value: NonNullable<Value>,
    args: Args,
    entry: CacheEntry<Value>,
    parent: Parent,
  ) => Awaitable<Result>,
): Resolver<Parent, Args, Context, Result | null> {
  if (typeof resource?.keyFor !== "function" || typeof params !== "function")
    refuse("view: pass what defineResource returns, and a function that makes its parameters");
  const resolve: Resolver<Parent, Args, Context, Result | null> = async (parent, args, context) => {
    const given = params(args, context, parent);
    if (given === undefined) return null;
    const read = await readPart(requireRun(), resource, given);
    const entry = read as CacheEntry<Value>;
    const value = entry.entry.header.status === 404 ? null : await entry.value();
    if (value === null || value === undefined) return null;
    return pick ? pick(value, args, entry, parent) : (value as unknown as Result);
  };
  const number = views.push(resource) - 1;
  return Object.defineProperty(resolve, "name", { value: `view ${number} of ${resource.name}` });
}

/**
 * Reads a resource within a resolver, for fields that need more than one entry: the response depends on each. Give the
 * field a lifetime by `@cacheControl`: unlike a field of `view`, it does not take the resource's.
 */
export async function readView<Params, Value>(
  // oxlint-disable-next-line typescript/no-explicit-any -- the source is given with the run
  resource: Resource<Params, Value, any>,
  params: Params,
): Promise<CacheEntry<Value>> {
  return (await readPart(requireRun(), resource, params)) as CacheEntry<Value>;
}

/** Result of a `change`'s write: the payload's value and its invalidations. */
export interface Changed<Result> {
  /** Value from which the payload's fields are resolved: an id, rather than an object from before the write. */
  readonly value: Result;
  /** Tags of what the write changed, or whole resources. */
  readonly invalidate: Target | readonly Target[];
}

/**
 * Creates a resolver that writes. The tags and resources that the write returns are invalidated before the payload's
 * fields resolve, and before the next root field of the document begins. Rejects with `invalidation_failed` if the
 * store does not accept the invalidation; the write itself stands.
 *
 * @example
 * const resolvers = { Mutation: { rename: change(async ({ id, title }) => {
 *   await database.rename(id, title);
 *   return { value: { id }, invalidate: tags.book(id) };
 * }) } };
 */
export function change<
  Result,
  // oxlint-disable-next-line typescript/no-explicit-any -- a schema's types are its author's
  Args = any,
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  Context = any,
>(
  write: (args: Args, context: Context) => Awaitable<Changed<Result>>,
): Resolver<unknown, Args, Context, Result> {
  return async (_parent, args, context) => {
    const run = requireRun();
    try {
      const { value, invalidate } = await write(args, context);
      await run.cache.invalidate([invalidate].flat());
      return value;
    } finally {
      // A failed write may have changed data too.
      for (const loader of run.loaders.values()) loader.clearAll();
    }
  };
}

/**
 * Lowers the lifetime of the running operation's response: `@cacheControl` at run time. With scope PRIVATE, the
 * response is not stored unless the schema makes the operation PRIVATE. Has no effect outside of an operation.
 */
export function restrict(hint: { maxAgeMs?: number; scope?: "PRIVATE" }): void {
  const run = currentRun();
  if (run === undefined) return;
  run.maxAgeMs = Math.min(run.maxAgeMs, hint.maxAgeMs ?? Infinity);
  if (hint.scope === "PRIVATE") run.personal ??= "a hint of scope PRIVATE";
}

function requireRun(): Run {
  const run = currentRun();
  if (run !== undefined) return run;
  throw new TypeError("a resolver of @algoitny/cache/graphql ran outside of `answer` or `execute`");
}

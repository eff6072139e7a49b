import { AsyncLocalStorage } from "node:async_hooks";
import type { Cache } from "../cache.ts";
import type { CacheEntry } from "../cache-entry.ts";
import type { AnyReadOptions } from "../engine/read-context.ts";
import type { AnyResource } from "../resource.ts";
import { createBatch, type Loader } from "./loader.ts";

/** One execution of an operation, and the dependencies of its response so far. */
export interface Run {
  readonly cache: Pick<Cache, "getMany" | "invalidate">;
  /** Options of its reads, such as the source of their loaders. */
  readonly read: AnyReadOptions;
  readonly loaders: Map<AnyResource, Loader<unknown, CacheEntry<unknown>>>;
  /** Entries that were read, each once. */
  readonly parts: Set<CacheEntry<unknown>>;
  /** Lowest lifetime that a resolver has requested, in ms. */
  maxAgeMs: number;
  /** Reason for a private response: a property of the context that was read, or a hint of scope PRIVATE. */
  personal: string | undefined;
}

const runs = new AsyncLocalStorage<Run>();

export function createRun(cache: Run["cache"], read: AnyReadOptions): Run {
  const parts = new Set<CacheEntry<unknown>>();
  return { cache, read, loaders: new Map(), parts, maxAgeMs: Infinity, personal: undefined };
}

/** Executes an operation, whose resolvers then get the run by `currentRun`. */
export function runIn<T>(run: Run, execute: () => T): T {
  return runs.run(run, execute);
}

export function currentRun(): Run | undefined {
  return runs.getStore();
}

/**
 * Reads an entry in one batch with the other resolvers' requests of the same tick for the same resource, and records
 * that the response depends on it.
 */
export async function readPart(
  run: Run,
  resource: AnyResource,
  params: unknown,
): Promise<CacheEntry<unknown>> {
  let loader = run.loaders.get(resource);
  if (loader === undefined) {
    const many = resource as unknown as Parameters<Cache["getMany"]>[0];
    const options = { ...run.read, entries: true } as never;
    loader = createBatch(resource.keyFor as (params: unknown) => string, async (all) =>
      run.cache.getMany(many, all, options),
    );
    run.loaders.set(resource, loader);
  }
  const entry = await loader.load(params);
  run.parts.add(entry);
  return entry;
}

/** A context that records reads of the properties that only PRIVATE fields may read. */
export function guarded<Context extends object>(
  run: Run,
  context: Context,
  personal: readonly string[],
): Context {
  if (personal.length === 0) return context;
  return new Proxy(context, {
    get(target, name) {
      if (typeof name === "string" && personal.includes(name)) run.personal ??= name;
      return Reflect.get(target, name, target) as unknown;
    },
  });
}

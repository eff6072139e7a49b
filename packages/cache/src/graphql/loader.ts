import type { Cache } from "../cache.ts";
import type { ManyOptions } from "../engine/get-many.ts";
import { refuse } from "../errors.ts";
import type { Resource } from "../resource.ts";

/** The part of DataLoader's interface that resolvers use. */
export interface Loader<Params, Value> {
  load(params: Params): Promise<Value>;
  /** Values in the order of `params`; instead of a failed one, its Error. */
  loadMany(params: readonly Params[]): Promise<(Value | Error)[]>;
  /** Forgets a loaded value, after a write for instance. */
  clear(params: Params): this;
  clearAll(): this;
}

/**
 * A DataLoader for one request: the loads that resolvers ask for in one tick become one look at the cache and one bulk
 * load, and equal keys of the resource are read once.
 *
 * @example
 * const books = createLoader(cache, book);
 * const [emma, same] = await Promise.all([books.load({ id: 7 }), books.load({ id: 7 })]);
 */
export function createLoader<Params, Value, Source>(
  cache: Pick<Cache, "getMany">,
  resource: Resource<Params, Value, Source>,
  options: Partial<Omit<ManyOptions<Source>, "entries" | "snapshot">> = {},
): Loader<Params, Value> {
  const { keyFor } = resource ?? {};
  if (!keyFor) refuse("createLoader: pass a Cache, and what defineResource returns");
  return createBatch<Params, Value>(keyFor, async (params) => {
    const values = await cache.getMany(resource, params, options as never);
    return values as (Value | Error)[];
  });
}

/** Collects the requests of one tick, and remembers the answers by their keys. */
export function createBatch<Params, Value>(
  keyFor: (params: Params) => string,
  readAll: (params: readonly Params[]) => Promise<readonly (Value | Error)[]>,
): Loader<Params, Value> {
  const known = new Map<string, Promise<Value>>();
  let waiting: Waiting<Params, Value>[] = [];

  async function dispatch(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const values = await readAll(batch.map(({ params }) => params));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const value = values[index] as Value | Error;
        if (value instanceof Error) reject(value);
        else resolve(value);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  const loader: Loader<Params, Value> = {
    async load(params) {
      const key = keyFor(params);
      const before = known.get(key);
      if (before) return before;
      const promise = new Promise<Value>((resolve, reject) => {
        waiting.push({ params, resolve, reject });
      });
      known.set(key, promise);
      // Runs as soon as no promise job (microtask) is left to run, so that the loads asked for by these jobs join the batch.
      if (waiting.length === 1)
        void Promise.resolve().then(() => process.nextTick(() => void dispatch()));
      return promise;
    },
    loadMany: (params) =>
      Promise.all(
        params.map((each) =>
          loader
            .load(each)
            .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
        ),
      ),
    clear(params) {
      known.delete(keyFor(params));
      return loader;
    },
    clearAll() {
      known.clear();
      return loader;
    },
  };
  return loader;
}

interface Waiting<Params, Value> {
  readonly params: Params;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

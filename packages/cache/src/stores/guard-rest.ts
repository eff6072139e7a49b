import type { Outcome, Store } from "../store.ts";
import type { Rest } from "./other-operations.ts";

/** Runs one call of a store within its time limit; rejects with a CacheError alone. */
type Guard = <T>(operation: string, call: () => Promise<T>) => Promise<T>;

/**
 * Guards what no hit needs. `guarded` asks the breaker first, `watched` does not: invalidations pass an open one.
 */
export function guardRest(
  store: Store,
  { guarded, watched }: { readonly guarded: Guard; readonly watched: Guard },
): Rest {
  async function batch<T>(
    operation: string,
    count: number,
    call: () => Promise<Outcome<T>[]>,
  ): Promise<Outcome<T>[]> {
    try {
      return await guarded(operation, async () => {
        const outcomes = await call();
        const [first] = outcomes;
        if (first?.ok === false && outcomes.every(({ ok }) => !ok)) throw first.error;
        return outcomes;
      });
    } catch (error) {
      return Array.from({ length: count }, () => ({ ok: false, error: error as Error }));
    }
  }

  return {
    lease: (asked) => batch("lease", asked.requests.length, () => store.lease(asked)),
    commit: (asked) => batch("commit", asked.requests.length, () => store.commit(asked)),
    begin: (request) => watched("begin", () => store.begin(request)),
    end: (request) => watched("end", () => store.end(request)),
    beat: (request) => watched("beat", () => store.beat(request)),
    release: (request) => guarded("release", () => store.release(request)),
    expire: (request) => watched("expire", () => store.expire(request)),
    delete: (keys) => watched("delete", () => store.delete(keys)),
    walk: (request) => watched("walk", () => store.walk(request)),
  };
}

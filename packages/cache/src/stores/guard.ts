import { Breaker } from "./breaker.ts";
import { type Clock, withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import type { Outcome, Store } from "../store.ts";

/**
 * A store whose every call ends within `timeoutMs`, and fails at once while the breaker is open.
 * Invalidations pass an open breaker: giving them up would leave old values behind.
 */
export function guardStore(store: Store, clock: Clock, timeoutMs: number): Store {
  const breaker = new Breaker(clock);
  /** Why the store cannot be used: calls that are not tried say it too. */
  let misconfigured: CacheError | undefined;

  async function guarded<T>(operation: string, call: () => Promise<T>): Promise<T> {
    if (!breaker.allows())
      throw (
        misconfigured ??
        new CacheError("store_failed", `${operation}: not tried, the store keeps failing`)
      );
    return watched(operation, call);
  }

  async function watched<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const late = () =>
        new CacheError("store_failed", `${operation}: no answer within ${timeoutMs} ms`);
      const result = await withDeadline(clock, timeoutMs, call(), late);
      breaker.succeeded();
      misconfigured = undefined;
      return result;
    } catch (error) {
      breaker.failed();
      const failure = asStoreError(operation, error);
      misconfigured = failure.code === "store_misconfigured" ? failure : undefined;
      emit(() => ({ type: "store-failed", operation, error: failure }));
      throw failure;
    }
  }

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
      return Array.from({ length: count }, () => ({
        ok: false,
        error: asStoreError(operation, error),
      }));
    }
  }

  return {
    mget: (keys) => guarded("mget", () => store.mget(keys)),
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

function asStoreError(operation: string, error: unknown): CacheError {
  return error instanceof CacheError ? error : new CacheError("store_failed", operation, error);
}

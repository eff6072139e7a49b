import { type Clock, withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import type { Store } from "../store.ts";
import { lazyRest } from "./other-operations.ts";
import type { StoreFailures } from "./store-failures.ts";

/**
 * A store of which each call, or each part of a large batch, ends within `timeoutMs`, and fails at once while the
 * breaker is open. Invalidations bypass an open breaker: skipping them would leave old values behind.
 */
export function resilientStore(store: Store, clock: Clock, timeoutMs: number): Store {
  /** Null until a call fails. */
  let failures: StoreFailures | null = null;

  async function guarded<T>(operation: string, call: () => Promise<T>): Promise<T> {
    failures?.check(operation);
    return watched(operation, call);
  }

  async function watched<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const late = () =>
        new CacheError("store_failed", `${operation}: no answer within ${timeoutMs} ms`);
      const result = await withDeadline(clock, timeoutMs, call(), late);
      failures?.succeeded();
      return result;
    } catch (error) {
      const { StoreFailures } = await import("./store-failures.ts");
      failures ??= new StoreFailures(clock);
      throw failures.failed(operation, error);
    }
  }

  return {
    mget: (keys, from) => guarded("mget", () => store.mget(keys, from)),
    ...lazyRest(async () =>
      (await import("./resilient-rest.ts")).resilientRest(store, { guarded, watched }),
    ),
  };
}

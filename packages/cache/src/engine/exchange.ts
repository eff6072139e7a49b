import { withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import type { Store } from "../store.ts";
import type { Engine } from "./context.ts";
import type { AnyRead } from "./read-context.ts";

/** The moment before a request was sent: its reply describes the store as of that moment, not as of its arrival. */
export interface Sent {
  /** By the process's logical clock. */
  readonly tick: number;
  /** By the wall clock, in ms. */
  readonly atMs: number;
  /** By the monotonic clock, in ms. */
  readonly monotonicMs: number;
  /** Of the entries kept in the process: grows with every invalidation that the process makes. */
  readonly generation: number;
}

export type Reply<T> = { ok: true; value: T; sent: Sent } | { ok: false; error: Error; sent: Sent };

/**
 * Sends one request of a read to the store, within the read's remaining time. The only place that takes logical
 * timestamps of requests: before each is sent.
 */
export async function exchange<T>(
  engine: Engine,
  { budget }: AnyRead,
  request: (store: Store) => Promise<T>,
): Promise<Reply<T>> {
  const { clock, l1, store, storeMs } = engine;
  const sent = {
    tick: engine.tick(),
    atMs: clock.now(),
    monotonicMs: clock.monotonic(),
    generation: l1.generation,
  };
  const late = () => new CacheError("store_failed", "no answer within the request's budget");
  try {
    const leftMs = budget.leftMs();
    return {
      ok: true,
      // The store has a time limit: if that is the shorter one, a second timer would never fire.
      value: await withDeadline(clock, leftMs < storeMs ? leftMs : Infinity, request(store), late),
      sent,
    };
  } catch (error) {
    // The engine's store (`resilientStore`) rejects only with Errors.
    return { ok: false, error: error as Error, sent };
  }
}

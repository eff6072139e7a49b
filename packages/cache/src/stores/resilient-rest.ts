import type { CommitRequest, LeaseRequest, Outcome, Store } from "../store.ts";
import { chunks } from "./chunks.ts";
import type { Rest } from "./other-operations.ts";

/** Runs one call of a store within its time limit; rejects only with CacheErrors. */
type Guard = <T>(operation: string, call: () => Promise<T>) => Promise<T>;

/** Highest number of parts of one batch that are in flight at a time. */
const PARTS_AT_ONCE = 4;

/**
 * Wraps the operations that hits seldom use. `guarded` asks the circuit breaker first; `watched` does not, because
 * invalidations must be tried while the breaker is open.
 */
export function resilientRest(
  store: Store,
  { guarded, watched }: { readonly guarded: Guard; readonly watched: Guard },
): Rest {
  /** Sends a batch in parts, each within the store's time limit: a large batch as a whole would take longer. */
  async function batch<Request extends LeaseRequest | CommitRequest, T>(
    operation: string,
    requests: readonly Request[],
    call: (requests: readonly Request[]) => Promise<Outcome<T>[]>,
  ): Promise<Outcome<T>[]> {
    const parts = chunks(requests);
    const outcomes: Outcome<T>[][] = [];
    const lanes = Array.from({ length: PARTS_AT_ONCE }, async (_, lane) => {
      for (let at = lane; at < parts.length; at += PARTS_AT_ONCE) {
        const part = parts[at] as Request[];
        outcomes[at] = await sendPart(operation, part.length, () => call(part));
      }
    });
    await Promise.all(lanes);
    return outcomes.flat();
  }

  /**
   * Sends one part. Without an answer every element fails; if every element of a part fails, that counts as a failure of
   * the store.
   */
  async function sendPart<T>(
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
    follow: (request) => guarded("follow", () => store.follow(request)),
    revalidate: (request) => guarded("revalidate", () => store.revalidate(request)),
    lease: (asked) =>
      batch("lease", asked.requests, (requests) => store.lease({ ...asked, requests })),
    stamps: (request) => guarded("stamps", () => store.stamps(request)),
    commit: (asked) =>
      batch("commit", asked.requests, (requests) => store.commit({ ...asked, requests })),
    begin: (request) => watched("begin", () => store.begin(request)),
    end: (request) => watched("end", () => store.end(request)),
    beat: (request) => watched("beat", () => store.beat(request)),
    release: (request) => guarded("release", () => store.release(request)),
    expire: (request) => watched("expire", () => store.expire(request)),
    delete: (keys) => watched("delete", () => store.delete(keys)),
    walk: (request) => watched("walk", () => store.walk(request)),
  };
}

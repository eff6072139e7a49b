import { decodeEntry, type Entry } from "./protocol/entry.ts";
import { refuse } from "./errors.ts";
import { describe } from "./faults.ts";
import { keyspace } from "./protocol/key-names.ts";
import type { Store } from "./store.ts";

/**
 * Stored entry of a key, without a verdict on its validity: an entry contains the stamps of its definition's tags, not
 * their names.
 */
export interface Inspection {
  /** Null if nothing is stored, or if what is stored cannot be read. */
  readonly entry: Entry | null;
  /**
   * True while the entry's lease exists: during a load, until the lease of a dead process expires, and in the back-off
   * after a failed load.
   */
  readonly isLoading: boolean;
}

/**
 * Looks at the entry under a key as `cache.keys` lists it, in a store under a cache's `prefix`: one command, which
 * neither refreshes the entry nor counts as a read. Rejects when the store does not answer.
 */
export async function inspectEntry(
  store: Pick<Store, "mget">,
  key: string,
  prefix: string = "cache:1",
): Promise<Inspection> {
  if (typeof (store as Partial<Store> | undefined)?.mget !== "function")
    refuse(`inspectEntry: argument 1 is ${describe(store)}: pass the cache's store`);
  const space = keyspace(prefix);
  const [text = null, lease = null] = await store.mget([space.entry(key), space.lease(key)]);
  return { entry: text === null ? null : decodeEntry(text), isLoading: lease !== null };
}

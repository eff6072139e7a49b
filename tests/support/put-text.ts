import type { MemoryStore } from "@algoitny/cache";

/** Puts any text under a key of a store, as a stranger would. */
export async function putText(
  store: Pick<MemoryStore, "put">,
  key: string,
  text: string,
  ttlMs = 600_000,
): Promise<void> {
  store.put(key, text, ttlMs);
}

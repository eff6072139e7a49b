import type { MemoryStore } from "@algoitny/cache";

/** Writes any text under a key of a store, as a foreign program would. */
export async function putText(
  store: Pick<MemoryStore, "put">,
  key: string,
  text: string,
  ttlMs = 600_000,
): Promise<void> {
  store.put(key, text, ttlMs);
}

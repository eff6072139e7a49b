import type { Store } from "@algoitny/cache/store";

/** Puts any text under a key of a store, by the port's own operations. */
export async function putText(
  store: Store,
  key: string,
  text: string,
  ttlMs = 600_000,
): Promise<void> {
  const place = { entryKey: key, leaseKey: "put:lease", stampTtlMs: 1 };
  const unique = { seqKey: "put:seq", random: "put", nowMs: 0 };
  await store.delete([key]);
  const requests = [{ ...place, leaseMs: 1_000, seenEntryId: null, stamps: [] }];
  const [lease] = await store.lease({ ...unique, requests });
  if (!lease?.ok || !lease.value.granted) throw new Error(`${key} cannot be written`);
  const { token } = lease.value;
  await store.commit([{ ...place, token, entry: text, entryTtlMs: ttlMs, stamps: [] }]);
  await store.delete([unique.seqKey]);
}

import type { Engine } from "./engine/context.ts";
import { uniqueName } from "./engine/unique-name.ts";
import { CacheError } from "./errors.ts";
import { entryText } from "./protocol/write-entry.ts";
import type { Tag } from "./tag.ts";

/** Lifetime of the check's keys, in case the check does not finish: 10 s. */
const LIFE_MS = 10_000;

/**
 * Runs the operations of a fill and an invalidation in the store, under reserved names: lease, commit, look, deletion.
 * Rejects with the store's fault (`store_misconfigured`, `store_failed`), or with `store_failed` when the store does not
 * return what was written.
 */
export async function checkStore(engine: Engine): Promise<{ roundTripMs: number }> {
  const { clock, reads, space, store, token } = engine;
  const name = `@check:${token()}`;
  const [entryKey, leaseKey, stampKey] = [
    space.entry(name),
    space.lease(name),
    space.stamp(name as Tag),
  ];
  const stamps = [{ key: stampKey, permanent: false }];
  const life = { leaseMs: LIFE_MS, stampTtlMs: LIFE_MS, entryTtlMs: LIFE_MS };
  const place = { entryKey, leaseKey, ...life };
  const seen = { seenEntryId: null, force: false };
  const requests = [{ ...place, ...seen, stamps }];
  const [lease] = await store.lease({ ...uniqueName(engine), requests });
  if (!lease?.ok) throw lease?.error ?? unread("lease");
  const { stamps: made, token: held } = lease.value;
  const [stamp = ""] = made;
  const content = { id: "2.check", rest: "check", bodyOfId: null };
  const rules = [{ key: stampKey, permanent: false, hold: null, rule: "equal", stamp }] as const;
  const commit = { ...place, ...content, token: held, stamps: rules };
  const [outcome] = await store.commit({ ...uniqueName(engine), requests: [commit] });
  if (!outcome?.ok) throw outcome?.error ?? unread("commit");
  const startMs = clock.now();
  const values = await store.mget([entryKey, stampKey], reads);
  const roundTripMs = clock.now() - startMs;
  const written = entryText(content.id, made, content.rest);
  await store.delete([entryKey, leaseKey, stampKey]);
  if (outcome.value.state !== "stored" || values[0] !== written || values[1] !== stamp)
    throw unread("look");
  return { roundTripMs };
}

function unread(operation: string): CacheError {
  return new CacheError(
    "store_failed",
    `${operation}: the store does not return what was written: does it read from a lagging replica?`,
  );
}

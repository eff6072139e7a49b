import { type Engine, uniqueName } from "../engine/context.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { EVERYTHING } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";

/** Removes the stamp of each tag, or with `soft` replaces its second part: one command for all. */
export async function invalidateTags(
  engine: Engine,
  tags: readonly Tag[],
  soft: boolean,
): Promise<void> {
  const unique = [...new Set(tags)];
  if (unique.length === 0) return;
  const startMs = engine.clock.now();
  const keys = unique.map((tag) => engine.space.stamp(tag));
  const pending = engine.pending.list();
  engine.l1.generation += 1;
  try {
    await reported(`tags ${unique.join(", ")}`, async () => {
      if (soft) await engine.store.expire({ ...uniqueName(engine), keys });
      else await engine.store.delete(keys);
    });
  } catch (error) {
    if (!soft) engine.pending.add({ tags: unique });
    throw error;
  }
  engine.l1.generation += 1;
  if (!soft)
    engine.pending.settle({ tags: pending.tags.filter(([tag]) => unique.includes(tag)), keys: [] });
  emit(() => ({ type: "invalidated", tags: unique, soft, storeMs: engine.clock.now() - startMs }));
}

/** Removes entries, with the leases of loads under way and the stamps by which processes validate their copies. */
export async function removeKeys(engine: Engine, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const pending = engine.pending.list();
  engine.l1.generation += 1;
  try {
    await reported(`keys ${keys.join(", ")}`, () =>
      engine.store.delete(keys.flatMap((key) => namesOf(engine, key))),
    );
  } catch (error) {
    engine.pending.add({ keys });
    throw error;
  }
  engine.l1.generation += 1;
  engine.pending.settle({ tags: [], keys: pending.keys.filter(([key]) => keys.includes(key)) });
  emit(() => ({ type: "deleted", keys }));
}

/** Repeats the invalidations that failed; rejects when the store does not take them now either. */
export async function retryPending(engine: Engine): Promise<void> {
  const { tags, keys } = engine.pending.list();
  // A look passes the breaker only when it is time to try the store again; an invalidation always does.
  await engine.store.mget([engine.space.stamp(EVERYTHING)]);
  await invalidateTags(
    engine,
    tags.map(([tag]) => tag),
    false,
  );
  await removeKeys(
    engine,
    keys.map(([key]) => key),
  );
}

function namesOf({ space }: Engine, key: string): string[] {
  return [space.entry(key), space.lease(key), space.entryStamp(key)];
}

export async function reported<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new CacheError(
      "invalidation_failed",
      `${what}: nothing is known to be invalidated; repeat it`,
      error,
    );
  }
}

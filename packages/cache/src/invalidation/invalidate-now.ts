import type { Engine, Invalidated } from "../engine/context.ts";
import { uniqueName } from "../engine/unique-name.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { entryTag, EVERYTHING, FILLS } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";
import { type Pending, PendingInvalidations } from "./pending.ts";

/** Removes the stamp of each tag, or with `soft` gives it a new second part: one command, unless the tags are too many. */
export async function invalidateTags(
  engine: Engine,
  tags: readonly Tag[],
  soft: boolean,
): Promise<void> {
  const unique = [...new Set(tags)];
  if (unique.length === 0) return;
  const startMs = engine.clock.now();
  const keys = unique.map((tag) => engine.space.stamp(tag));
  const pending = engine.pending?.list() ?? NONE;
  engine.l1.generation += 1;
  try {
    if (soft) await engine.store.expire({ ...uniqueName(engine), keys });
    else await engine.store.delete(keys);
  } catch (error) {
    if (!soft) remember(engine, { tags: unique });
    throw failedInvalidation(`tags ${someOf(unique)}`, error);
  }
  engine.l1.generation += 1;
  if (!soft)
    engine.pending?.settle({
      tags: pending.tags.filter(([tag]) => unique.includes(tag)),
      keys: [],
    });
  emit(() => ({ type: "invalidated", tags: unique, soft, storeMs: engine.clock.now() - startMs }));
  await announce(engine, { tags: unique, keys: [], soft });
}

/** Removes entries, with the leases of loads under way and the stamps by which processes validate their copies. */
export async function removeKeys(engine: Engine, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const names = keys.flatMap((key) => namesOf(engine, key));
  await removing(engine, keys, () => engine.store.delete(names), `keys ${someOf(keys)}`);
}

/** Sends a request that removes entries, which may be missing, and passes their keys on to `onInvalidate`. */
export async function removing<T>(
  engine: Engine,
  keys: readonly string[],
  request: () => Promise<T>,
  what: string,
): Promise<T> {
  const pending = engine.pending?.list() ?? NONE;
  engine.l1.generation += 1;
  let reply: T;
  try {
    reply = await request();
  } catch (error) {
    remember(engine, { keys });
    throw failedInvalidation(what, error);
  }
  // Entries in this process may match a pattern although the store no longer has them.
  engine.l1.generation += 1;
  if (keys.length === 0) return reply;
  engine.pending?.settle({ tags: [], keys: pending.keys.filter(([key]) => keys.includes(key)) });
  emit(() => ({ type: "deleted", keys }));
  try {
    await announce(engine, { tags: [], keys, soft: false });
    engine.pending?.announced(keys);
  } catch (error) {
    pendingOf(engine).unannounced(keys);
    throw error;
  }
  return reply;
}

/** Passes an invalidation on to the application, which may have other copies to purge. */
export async function announce({ onInvalidate }: Engine, what: Invalidated): Promise<void> {
  const tags = what.tags.filter((tag) => tag !== FILLS);
  if (tags.length + what.keys.length === 0) return;
  try {
    await onInvalidate?.({ ...what, tags });
  } catch (error) {
    const message =
      "the store has accepted the invalidation, but onInvalidate failed; repeat the invalidation";
    throw new CacheError("invalidation_failed", message, error);
  }
}

/** Repeats the invalidations that failed; rejects if one fails again. */
export async function retryPending(engine: Engine): Promise<void> {
  const { tags, keys } = engine.pending?.list() ?? NONE;
  // Asks first by a look, which an open breaker lets pass only as its probe; invalidations would always pass.
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

const NONE: Pending = { tags: [], keys: [] };

/** Remembers a failed invalidation, so that this process does not read the affected entries before a retry has succeeded. */
function remember(engine: Engine, failed: Parameters<PendingInvalidations["add"]>[0]): void {
  pendingOf(engine).add(failed);
}

function pendingOf(engine: Engine): PendingInvalidations {
  return (engine.pending ??= new PendingInvalidations(engine.space.stamp));
}

/** Names of an entry, of its lease and of its own stamp in the store. */
export function namesOf({ space }: Engine, key: string): string[] {
  return [space.entry(key), space.lease(key), space.stamp(entryTag(key))];
}

/** Highest number of names in a message: 10. */
const NAMED = 10;

function someOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return names.slice(0, NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

export function failedInvalidation(what: string, cause: unknown): CacheError {
  const message = `${what}: the store has not confirmed the invalidation; repeat it`;
  return new CacheError("invalidation_failed", message, cause);
}

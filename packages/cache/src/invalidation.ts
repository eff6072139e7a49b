import { type Engine, uniqueName } from "./engine.ts";
import { CacheError } from "./errors.ts";
import { emit } from "./events.ts";
import { EVERYTHING, resourceTag } from "./keyspace.ts";
import type { Tag } from "./tag.ts";

/** Names asked for at each step of a walk over the store: 500. */
const SCAN_COUNT = 500;

/** Removes the stamp of each tag, or with `soft` replaces its second part: one command for all. */
export async function bump(engine: Engine, tags: readonly Tag[], soft: boolean): Promise<void> {
  const unique = [...new Set(tags)];
  if (unique.length === 0) return;
  const startMs = engine.clock.now();
  const keys = unique.map((tag) => engine.space.stamp(tag));
  const owed = engine.owed.list();
  engine.l1.distrust();
  try {
    await reported(`tags ${unique.join(", ")}`, async () => {
      if (soft) await engine.store.expire({ ...uniqueName(engine), keys });
      else await engine.store.delete(keys);
    });
  } catch (error) {
    if (!soft) engine.owed.addTags(unique);
    throw error;
  }
  engine.l1.distrust();
  if (!soft)
    engine.owed.paid({ tags: owed.tags.filter(([tag]) => unique.includes(tag)), keys: [] });
  emit(() => ({ type: "invalidated", tags: unique, soft, storeMs: engine.clock.now() - startMs }));
}

/** Removes entries, with the leases of loads under way and the stamps by which processes validate their copies. */
export async function remove(engine: Engine, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const owed = engine.owed.list();
  engine.l1.distrust();
  try {
    await reported(`keys ${keys.join(", ")}`, () =>
      engine.store.delete(keys.flatMap((key) => namesOf(engine, key))),
    );
  } catch (error) {
    engine.owed.addKeys(keys);
    throw error;
  }
  engine.l1.distrust();
  engine.owed.paid({ tags: [], keys: owed.keys.filter(([key]) => keys.includes(key)) });
  emit(() => ({ type: "deleted", keys }));
}

/** Makes up for the invalidations that failed; rejects when the store does not take them now either. */
export async function pay(engine: Engine): Promise<boolean> {
  const { tags, keys } = engine.owed.list();
  // A look passes the breaker only when it is time to try the store again; an invalidation always does.
  await engine.store.mget([engine.space.stamp(EVERYTHING)]);
  await bump(
    engine,
    tags.map(([tag]) => tag),
    false,
  );
  await remove(
    engine,
    keys.map(([key]) => key),
  );
  return true;
}

export interface PatternOptions {
  /** Tells what would go, and changes nothing. */
  dryRun?: boolean;
  /** Called after each step of the walk with the number of entries found so far. */
  onProgress?: (entries: number) => void;
}

export interface PatternResult {
  /** Resources dropped whole, by their stamp; how many entries they had is not counted. */
  readonly resources: readonly string[];
  /** Entries found by walking over the store, there or being loaded, and removed unless it was a dry run. */
  readonly entries: number;
}

/**
 * Invalidates what a glob over `<resource>:<key>` matches. Resources that it covers whole are dropped by their stamp;
 * the rest is found by SCAN and removed together with leases, so that loads under way are refused.
 */
export async function removePattern(
  engine: Engine,
  pattern: string,
  { dryRun = false, onProgress = () => undefined }: PatternOptions,
): Promise<PatternResult> {
  const covered = engine.resources.filter(({ name }) => covers(pattern, name));
  if (!dryRun) await bump(engine, covered.map(resourceTag), false);
  const resources = covered.map(({ name }) => name);
  const found = new Set<string>();
  const report = (done: boolean) =>
    emit(() => ({ type: "pattern", pattern, resources, entries: found.size, done }));
  for (const { name, keyOf, counts } of walks(engine)) {
    let cursor = "0";
    do {
      const request = { cursor, pattern: name(pattern), count: SCAN_COUNT };
      const step = await reported(`keys ${pattern}`, () => engine.store.scan(request));
      const fresh = step.keys
        .map(keyOf)
        .filter((key) => key !== null && !found.has(key) && !resources.includes(resourceOf(key)));
      if (!dryRun) await remove(engine, fresh as string[]);
      if (counts) for (const key of fresh as string[]) found.add(key);
      cursor = step.cursor;
      onProgress(found.size);
      report(false);
    } while (cursor !== "0");
  }
  // What this process holds may match although nothing of it is left in the store.
  if (!dryRun) engine.l1.distrust();
  report(true);
  return { resources, entries: found.size };
}

/**
 * What a pattern is looked for in, and in this order. Leases before entries: a load that has stored its entry and given
 * up its lease between the two walks is found by the second one. Stamps last: a process may hold an entry that the store
 * itself has lost.
 */
function walks({ space }: Engine): Walk[] {
  const stamps = space.entryStamp("").length;
  return [
    { name: space.lease, keyOf: space.keyOfLease, counts: true },
    { name: space.entry, keyOf: space.keyOfEntry, counts: true },
    { name: space.entryStamp, keyOf: (name) => name.slice(stamps), counts: false },
  ];
}

interface Walk {
  /** Turns a pattern over keys into one over the store's names. */
  readonly name: (pattern: string) => string;
  readonly keyOf: (name: string) => string | null;
  /** Whether what is found is an entry, there or on its way. */
  readonly counts: boolean;
}

/** Whether a glob matches every key of a resource: a plain start that ends in `*`. */
function covers(pattern: string, resource: string): boolean {
  const start = /^([^*?[\]\\]*)\*+$/.exec(pattern)?.[1];
  return start !== undefined && `${resource}:`.startsWith(start);
}

function resourceOf(key: string): string {
  return key.slice(0, key.indexOf(":"));
}

function namesOf({ space }: Engine, key: string): string[] {
  return [space.entry(key), space.lease(key), space.entryStamp(key)];
}

async function reported<T>(what: string, run: () => Promise<T>): Promise<T> {
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

import type { Engine } from "../engine/context.ts";
import { emit } from "../events.ts";
import { resourceTag } from "../protocol/key-names.ts";
import { invalidateTags, removeKeys, reported } from "./invalidate-now.ts";

/** Names asked for at each step of a walk over the store: 500. */
const SCAN_COUNT = 500;

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
  if (!GLOB.test(pattern)) return removeNamed(engine, pattern, { dryRun, onProgress });
  const covered = engine.resources.filter(({ name }) => covers(pattern, name));
  if (!dryRun) await invalidateTags(engine, covered.map(resourceTag), false);
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
      if (!dryRun) await removeKeys(engine, fresh as string[]);
      if (counts) for (const key of fresh as string[]) found.add(key);
      cursor = step.cursor;
      onProgress(found.size);
      report(false);
    } while (cursor !== "0");
  }
  // What this process holds may match although nothing of it is left in the store.
  if (!dryRun) engine.l1.generation += 1;
  report(true);
  return { resources, entries: found.size };
}

/** One step of a walk over the keys of entries that match a glob. */
export async function listKeys(
  { store, space }: Engine,
  pattern: string,
  cursor: string,
  count: number,
): Promise<{ cursor: string; keys: string[] }> {
  const step = await store.scan({ cursor, pattern: space.entry(pattern), count });
  const keys = step.keys.map(space.keyOfEntry).filter((key) => key !== null);
  return { cursor: step.cursor, keys };
}

/** Characters that make a text a pattern; every key has them escaped. */
const GLOB = /[*?[\]\\]/;

/** A pattern without a wildcard is one key: there is nothing to walk over. */
async function removeNamed(
  engine: Engine,
  key: string,
  { dryRun, onProgress }: Required<PatternOptions>,
): Promise<PatternResult> {
  const { entry, lease } = engine.space;
  const found = await reported(`key ${key}`, () => engine.store.mget([entry(key), lease(key)]));
  if (!dryRun) await removeKeys(engine, [key]);
  const entries = found.some((text) => text !== null) ? 1 : 0;
  onProgress(entries);
  return { resources: [], entries };
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

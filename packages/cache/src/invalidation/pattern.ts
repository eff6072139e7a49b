import type { Engine } from "../engine/context.ts";
import { emit } from "../events.ts";
import { globMatcher } from "../redis-glob.ts";
import { FILLS, OWN_KEYS, resourceTag } from "../protocol/key-names.ts";
import { keyOfEntry, keyOfEntryStamp } from "../protocol/stored-names.ts";
import {
  failedInvalidation,
  invalidateTags,
  namesOf,
  removeKeys,
  removing,
} from "./invalidate-now.ts";

/** Approximate number of names that the store examines in each step of a walk: 1,000. */
const NAMES_AT_ONCE = 1_000;

/**
 * Highest number of steps of a walk that removes: beyond it, all resources that the pattern could match are invalidated
 * as a whole. There is no limit if some of them may be unknown.
 */
const MOST_STEPS = 50;

export interface PatternOptions {
  /** Reports the matches, and changes nothing. */
  dryRun?: boolean;
  /**
   * Called with the number of entries found so far, after each step of the walk, or once for a pattern without
   * wildcards.
   */
  onProgress?: (entries: number) => void;
}

export interface PatternResult {
  /**
   * Resources invalidated as a whole, or in a dry run those that the pattern covers completely. Their entries are not
   * counted, except those that a walk found before it gave up.
   */
  readonly resources: readonly string[];
  /** Entries found one by one in the store, and removed unless it was a dry run. */
  readonly entries: number;
}

/**
 * Invalidates what a glob over `<resource>:<key>` matches. Resources that it covers completely are invalidated as a
 * whole, with one command; if no other resource can match, that is all. Otherwise loads in progress are refused, and a
 * walk over the store finds and removes the entries.
 */
export async function invalidatePattern(
  engine: Engine,
  pattern: string,
  { dryRun = false, onProgress = () => undefined }: PatternOptions,
): Promise<PatternResult> {
  if (!GLOB.test(pattern)) return removeNamed(engine, pattern, { dryRun, onProgress });
  const named = resourceIn(pattern);
  const known = new Set([...engine.resources.map(({ name }) => name), OWN_KEYS, ...named]);
  const matched = [...known].filter((name) => couldMatch(pattern, name));
  const resources = matched.filter((name) => covers(pattern, name));
  const others = matched.filter((name) => !resources.includes(name));
  const isComplete = engine.resources.length > 0 || named.length > 0;
  const needsWalk = others.length > 0 || resources.length === 0 || !isComplete;
  const report = (entries: number, done: boolean) =>
    emit(() => ({ type: "pattern", pattern, resources, entries, done }));
  const tags = resources.map(resourceTag);
  if (!dryRun) await invalidateTags(engine, needsWalk ? [...tags, FILLS] : tags, false);
  if (!needsWalk) {
    report(0, true);
    return { resources, entries: 0 };
  }
  const progress = (entries: number) => {
    onProgress(entries);
    report(entries, false);
  };
  const mostSteps = dryRun || !isComplete ? Infinity : MOST_STEPS;
  const { entries, isOver } = await walk(engine, pattern, {
    resources,
    dryRun,
    mostSteps,
    progress,
  });
  // Invalidates more entries of these resources than requested, but leaves none that matches.
  const dropped = isOver ? [] : others;
  if (dropped.length > 0) await invalidateTags(engine, dropped.map(resourceTag), false);
  report(entries, true);
  return { resources: [...resources, ...dropped], entries };
}

export interface ListOptions {
  /** Cursor that the last step returned. Default "0", the start. */
  cursor?: string;
  /** Approximate number of names that the store examines. Default 100. */
  count?: number;
}

/** One step of a walk over the keys of entries that match a glob. */
export async function listKeys(
  { store, space }: Engine,
  pattern: string,
  { cursor = "0", count = 100 }: ListOptions,
): Promise<{ cursor: string; keys: string[] }> {
  const step = await store.walk({ cursor, pattern: space.entry(pattern), count, remove: [] });
  const keys = step.keys.map((name) => keyOfEntry(space, name)).filter((key) => key !== null);
  return { cursor: step.cursor, keys };
}

/**
 * Characters that make a text a pattern; they are escaped in every key of a resource, but not in those of `getOrSet`.
 */
const GLOB = /[*?[\]\\]/;

/** A pattern without a wildcard is one key: no walk is needed. */
async function removeNamed(
  engine: Engine,
  key: string,
  { dryRun, onProgress }: Required<PatternOptions>,
): Promise<PatternResult> {
  const found = await engine.store
    .mget([engine.space.entry(key)], "primary")
    .catch((error: unknown) => {
      throw failedInvalidation(`key ${key}`, error);
    });
  if (!dryRun) await removeKeys(engine, [key]);
  const entries = found[0] === null ? 0 : 1;
  onProgress(entries);
  return { resources: [], entries };
}

interface Walk {
  /** Resources that are invalidated as a whole: the walk skips their entries. */
  readonly resources: readonly string[];
  readonly dryRun: boolean;
  readonly mostSteps: number;
  readonly progress: (entries: number) => void;
}

/** Each step removes what the previous one has found. */
async function walk(
  engine: Engine,
  pattern: string,
  { resources, dryRun, mostSteps, progress }: Walk,
): Promise<{ entries: number; isOver: boolean }> {
  const { space } = engine;
  const matches = globMatcher(pattern);
  const isMeant = (key: string) => matches(key) && !resources.includes(resourceOf(key));
  const found = new Set<string>();
  let cursor = "0";
  // Keys that a failed walk has removed without announcing them: a new walk cannot find them any more.
  let keys = new Set(engine.pending?.toAnnounce().filter(isMeant));
  for (let steps = 1; ; steps += 1) {
    const removed = dryRun ? [] : [...keys];
    const remove = removed.flatMap((key) => namesOf(engine, key));
    const request = { cursor, pattern: space.entry(`*${pattern}`), count: NAMES_AT_ONCE, remove };
    const send = () => engine.store.walk(request);
    const step = await removing(engine, removed, send, `keys ${pattern}`);
    keys = new Set<string>();
    for (const name of step.keys) {
      // A stamp of an entry is enough: a process may hold a copy of an entry that the store has lost.
      const key = keyOfEntry(space, name) ?? keyOfEntryStamp(space, name);
      if (key === null || !isMeant(key)) continue;
      keys.add(key);
      if (keyOfEntry(space, name) !== null) found.add(key);
    }
    progress(found.size);
    cursor = step.cursor;
    const isOver = cursor === "0";
    if (!isOver && steps < mostSteps) continue;
    if (!dryRun) await removeKeys(engine, [...keys]);
    return { entries: found.size, isOver };
  }
}

/** True if a glob matches every key of a resource: a plain prefix that ends in `*`. */
function covers(pattern: string, resource: string): boolean {
  const start = /^([^*?[\]\\]*)\*+$/.exec(pattern)?.[1];
  return start !== undefined && `${resource}:`.startsWith(start);
}

/** True if a glob may match some key of a resource, as far as its plain prefix decides that. */
function couldMatch(pattern: string, resource: string): boolean {
  const [start = ""] = /^[^*?[\]\\]*/.exec(pattern) ?? [];
  return start.startsWith(`${resource}:`) || `${resource}:`.startsWith(start);
}

/** The only resource that a glob can match, if its plain prefix names one. */
function resourceIn(pattern: string): string[] {
  return /^([^*?[\]\\:]+):/.exec(pattern)?.slice(1) ?? [];
}

function resourceOf(key: string): string {
  return key.slice(0, key.indexOf(":"));
}

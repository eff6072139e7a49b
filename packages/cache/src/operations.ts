import { unlessAborted } from "./abort.ts";
import { checkMany, checkReads } from "./call-faults.ts";
import { type Args, type CacheEntry, toCacheEntry, type Warming } from "./cache-entry.ts";
import { checkStore } from "./check-store.ts";
import type { Engine, RefreshTask } from "./engine/context.ts";
import { type AnyReadOptions, meet, openRead, type ReadOptions } from "./engine/read-context.ts";
import { peek } from "./engine/peek.ts";
import { forceRefresh, type RefreshResult } from "./engine/refresh.ts";
import { refreshMany, type WarmOptions, type WarmResult } from "./engine/warm-many.ts";
import { verifyHit, type VerifyTask } from "./engine/verify.ts";
import { refuse } from "./errors.ts";
import { removeOwn } from "./get-or-set.ts";
import { change } from "./invalidation/announced-change.ts";
import { beat } from "./invalidation/beat.ts";
import {
  invalidatePattern,
  listKeys,
  type ListOptions,
  type PatternOptions,
  type PatternResult,
} from "./invalidation/pattern.ts";
import { set } from "./invalidation/set.ts";
import { invalidateTargets, tagsOf, type Target } from "./invalidation/targets.ts";
import { describe, checkGiven } from "./faults.ts";
import { readOf, runTask } from "./refresh-task.ts";
import { EVERYTHING } from "./protocol/key-names.ts";
import type { Judgement } from "./protocol/verification.ts";
import type { AnyResource, Awaitable, Loaded, Resource } from "./resource.ts";
import type { BeatResult } from "./store.ts";
import type { Tag } from "./tag.ts";

type Any = Resource<unknown, unknown, unknown>;
type Options = Partial<ReadOptions<unknown>>;
type Write = (signal: AbortSignal) => unknown;

/** Methods of a cache that no hit needs: their code is loaded by the first call of any of them. */
export interface CacheOperations {
  /** Reads the stored entry if it may be served, without a load; undefined when there is none. */
  peek<P, V>(
    resource: Resource<P, V, never>,
    ...params: [P] extends [void] ? [params?: undefined] : [params: P]
  ): Promise<CacheEntry<V> | undefined>;

  /**
   * Loads an entry now, whatever is stored. A load that began before this call is not joined, and its value is not stored.
   * Rejects with the loader's error, or with `store_failed`.
   */
  refresh<P, V, S>(resource: Resource<P, V, S>, ...args: Args<P, S>): Promise<RefreshResult>;

  /**
   * Runs a write and stores its result as the resource's entry; `invalidate` names what else the write changes. The
   * entry's lease and stamps are taken before the write, so that an old value is never stored over the new one;
   * concurrent writes only remove the entry. If the store does not grant the lease, the write is not called, and `set`
   * rejects with `invalidation_failed`.
   */
  set<P, V>(
    resource: Resource<P, V, never>,
    params: P,
    write: (signal: AbortSignal) => Awaitable<V | Loaded<V>>,
    options?: { invalidate?: Target | readonly Target[] },
  ): Promise<V>;

  /**
   * Runs a write that hides data, and announces its invalidation before it. If the store does not accept the announcement,
   * the write is not called, and `change` rejects with `invalidation_failed`. Once the store has accepted it, nothing old
   * is served, even if the process dies after the write. The write has 10 seconds, after which its signal is aborted. Two
   * commands.
   */
  change<T>(
    targets: Target | readonly Target[],
    write: (signal: AbortSignal) => Awaitable<T>,
  ): Promise<T>;

  /**
   * Declares that every change made before `closedMs` (ms since the epoch) has been invalidated; caches with
   * `maxStaleness` rely on it. `expected` is the `value` that the last call returned, which the caller keeps outside of
   * the store: a store that contains another value was rolled back or replaced, and everything is invalidated, as by a
   * first call with null. One caller at a time.
   */
  beat(request: { closedMs: number; expected: string | null }): Promise<BeatResult>;

  /**
   * Runs a task that was handed to `enqueueRefresh`: finds the resource by its name among `resources` and those in use,
   * and loads the entry if it is missing, stale, near its end or still the one of the task, through the same lease as
   * reads. Rejects with the loader's error, with `load_failed` if an old value is served instead, or with `store_failed`.
   */
  runRefreshTask(
    task: Omit<RefreshTask, "entryId"> & Partial<RefreshTask>,
    options?: AnyReadOptions,
  ): Promise<RefreshResult>;

  /**
   * Runs a check that was handed to `verify.enqueue`, and enqueues the next one if the entry differs from the origin:
   * the entry is `stale` if no invalidation has come within 10 s, and is checked again after 60 and 300 s. Rejects with
   * the loader's error, the error of `verify.enqueue`, or `store_failed`.
   */
  runVerifyTask(task: VerifyTask, options?: AnyReadOptions): Promise<Judgement>;

  /**
   * Refreshes those of many entries that are due; returns the outcome of each, in the order given. One failure does not
   * affect the others. Missing entries are loaded first, then those that expire first, so that a later call continues
   * one that ran out of time.
   */
  warm<P, V, S>(
    resource: Resource<P, V, S>,
    params: readonly P[],
    ...[options]: Warming<S>
  ): Promise<WarmResult[]>;

  /** Removes the value under a key of `getOrSet`; a load of it that is in progress is not stored. */
  delete(key: string): Promise<void>;

  /** Invalidates one entry of a resource, or all of them, including loads in progress. One command. */
  invalidate<P>(resource: Resource<P, unknown, never>, ...params: [] | [params: P]): Promise<void>;
  /**
   * Invalidates every entry with one of the tags, including loads in progress, except young entries of resources that
   * throttle the tag. An array may also contain whole resources. One command.
   */
  invalidate(...tags: readonly (Tag | readonly Target[])[]): Promise<void>;

  /**
   * Ends the `ttl` of every entry of a resource: the next read refreshes it, and `staleWhileRevalidate` allows serving it
   * meanwhile.
   */
  expire(resource: AnyResource): Promise<void>;
  /** Ends the `ttl` of every entry with one of the tags, except young entries of resources that throttle the tag. */
  expire(...tags: readonly (Tag | readonly Target[])[]): Promise<void>;

  /** Invalidates every entry of this cache, with one command. */
  clear(): Promise<void>;

  /**
   * Runs the operations of fills and invalidations in the store, under reserved names. Rejects with the fault: a wrong
   * token, a store that refuses writes, is too old for the scripts, or does not return what was written.
   */
  check(): Promise<{ roundTripMs: number }>;

  /** Invalidates all keys that match a glob over `<resource>:<key>`: `book_list*`, `*:page:1`. */
  invalidatePattern(pattern: string, options?: PatternOptions): Promise<PatternResult>;

  /** One step of a walk over the keys of entries that match a glob; start at cursor "0", stop when it is "0" again. */
  keys(pattern: string, from?: ListOptions): Promise<{ cursor: string; keys: string[] }>;
}

/** Implements the methods. */
export function operationsOf(engine: Engine) {
  const { definitions } = engine;
  const start = async (resource: Any, params: unknown, options: Options = {}) => {
    const read = await openRead(engine, resource, params, options);
    checkReads([read]);
    return read;
  };

  return {
    peek: async (resource: Any, params: unknown) => {
      const startMs = engine.clock.now();
      const read = await start(resource, params);
      const served = await peek(engine, read);
      return served && toCacheEntry(engine, read, served, startMs);
    },
    refresh: (resource: Any, params: unknown, options: Options = {}) =>
      unlessAborted(options.signal, async () =>
        forceRefresh(engine, await start(resource, params, options)),
      ),
    set: async (
      resource: Any,
      params: unknown,
      write: Write,
      options: { invalidate?: Target | readonly Target[] } = {},
    ) => {
      checkWrite("set", write);
      checkGiven(options, "invalidate", "set: ");
      const { invalidate = [] } = options;
      return set(engine, await start(resource, params), write, tagsOf("set", invalidate));
    },
    change: (targets: Target | readonly Target[], write: Write) => {
      checkWrite("change", write);
      return change(engine, tagsOf("change", targets), write);
    },
    beat: (request: Parameters<typeof beat>[1]) => {
      checkGiven(request, "closedMs expected", "beat: ");
      if (!Number.isFinite(request.closedMs))
        refuse(`beat: closedMs is ${describe(request.closedMs)}: pass ms since the epoch`);
      return beat(engine, request);
    },
    runRefreshTask: async (
      task: Omit<RefreshTask, "entryId"> & Partial<RefreshTask>,
      options: Options = {},
    ) =>
      unlessAborted(options.signal, async () =>
        runTask(engine, definitions.get(taskOf(task).resource), task, options),
      ),
    runVerifyTask: async (task: VerifyTask, options: Options = {}) =>
      unlessAborted(options.signal, async () =>
        verifyHit(
          engine,
          readOf(engine, definitions.get(taskOf(task).resource), task, options),
          task,
        ),
      ),
    warm: (
      resource: Any,
      params: readonly unknown[],
      options: WarmOptions<unknown> = { source: undefined },
    ) =>
      unlessAborted(options.signal, async () => {
        checkMany("warm", resource, params, options);
        await meet(engine, resource);
        return refreshMany(engine, resource, params, options);
      }),
    delete: (key: string) => removeOwn(engine, key, definitions),
    invalidate: (...args: readonly unknown[]) => invalidateTargets(engine, "invalidate", args),
    expire: (...args: readonly unknown[]) => invalidateTargets(engine, "expire", args),
    clear: () => invalidateTargets(engine, "invalidate", [EVERYTHING]),
    check: () => checkStore(engine),
    invalidatePattern: (pattern: string, options: PatternOptions = {}) => {
      checkPattern("invalidatePattern", pattern);
      checkGiven(options, "dryRun onProgress", "invalidatePattern: ");
      return invalidatePattern(engine, pattern, options);
    },
    keys: (pattern: string, from: ListOptions = {}) => {
      checkPattern("keys", pattern);
      checkGiven(from, "cursor count", "keys: ");
      return listKeys(engine, pattern, from);
    },
  };
}

function checkPattern(operation: string, pattern: unknown): void {
  if (typeof pattern !== "string")
    refuse(`${operation}: the pattern is ${describe(pattern)}: pass a text, as in "book:*"`);
}

/** Refuses a task that is not an object. */
function taskOf<Task>(task: Task): Task & object {
  if (typeof task !== "object" || task === null)
    refuse(`the task is ${describe(task)}: pass what was handed to the queue, parsed`);
  return task;
}

/** Refuses a value in place of a write function before anything is removed for it. */
function checkWrite(operation: string, write: unknown): void {
  if (typeof write !== "function")
    refuse(
      `${operation}: got ${describe(write)}: pass a function that writes, as in () => db.save(book)`,
    );
}

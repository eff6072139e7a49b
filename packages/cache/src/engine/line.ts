import { AsyncLocalStorage } from "node:async_hooks";
import { CacheError } from "../errors.ts";
import type { Engine } from "./context.ts";
import { Semaphore } from "./semaphore.ts";
import { type AnyRead, loads } from "./read-context.ts";

/** Nesting depth of loads around the running code: 1 in a loader, 2 in the loader of an entry that it reads. */
const depths = new AsyncLocalStorage<number>();
loads.depths = depths;

/**
 * Calls a loader, or the write of `set` or `change`, so that its cache reads are recognised as nested. They use the
 * primary: a value that is stale for a moment, in a lagging replica or a trusted copy, would otherwise stay for the
 * life of an entry.
 */
export function insideLoad<T>(call: () => T): T {
  return depths.run(depthNow() + 1, call);
}

/**
 * Limits concurrent loads that no lease holds back: without the store they would all run at once. Loads inside a load
 * have a separate line: otherwise they would wait behind the load that waits for them.
 */
export function inLine<T>(
  { alone, clock }: Engine,
  reads: readonly [AnyRead, ...AnyRead[]],
  run: () => Promise<T>,
): Promise<T> {
  const [{ keys, budget }] = reads;
  const line = (alone.lines[depthNow()] ??= new Semaphore(alone.most, clock));
  const late = () =>
    new CacheError("load_timeout", `${keys.key}: too many loads at once without the store`);
  const names = reads.map((read) => read.keys.key);
  return line.run(run, { names, limitMs: budget.leftMs(), onTimeout: late });
}

/**
 * Starts a waiting load at once if a read inside a running load joins it: otherwise each of the two loads would wait
 * for the other.
 */
export function letThrough({ alone }: Engine, { keys }: AnyRead): void {
  for (const line of alone.lines.slice(0, depthNow())) line?.letThrough(keys.key);
}

function depthNow(): number {
  return depths.getStore() ?? 0;
}

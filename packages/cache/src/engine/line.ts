import { AsyncLocalStorage } from "node:async_hooks";
import { CacheError } from "../errors.ts";
import type { Engine } from "./context.ts";
import { Semaphore } from "./semaphore.ts";
import { type AnyRead, loads } from "./read-context.ts";

/** Nesting depth of loads around the running code: 1 in a loader, 2 in the loader of an entry that it reads. */
const depths = new AsyncLocalStorage<number>();
loads.depths = depths;

/**
 * Calls a loader, or a write whose result is stored; what it reads is known to be read inside of a load. That comes from the
 * primary: what is old for a moment, in a lagging replica or a trusted copy, would be old for the life of an entry.
 */
export function insideLoad<T>(call: () => T): T {
  return depths.run(depthNow() + 1, call);
}

/**
 * Runs loads that no lease holds back, a bounded number at a time: without the store they would all come at once. Those that
 * are made inside of a load have a line of their own: they would else stand behind what waits for them.
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

/** Lets a load begin that stands in line, where one under way joins it: that one would keep it from its turn. */
export function letThrough({ alone }: Engine, { keys }: AnyRead): void {
  for (const line of alone.lines.slice(0, depthNow())) line?.letThrough(keys.key);
}

function depthNow(): number {
  return depths.getStore() ?? 0;
}

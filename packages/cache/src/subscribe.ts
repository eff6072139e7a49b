import { subscribe as subscribeTo, unsubscribe } from "node:diagnostics_channel";
import { refuse } from "./errors.ts";
import { type CacheEvent, CHANNEL } from "./events.ts";
import { describe } from "./faults.ts";

/**
 * Calls `listener` with each event of every cache of this process; the returned function unsubscribes. Tools may instead
 * subscribe to the diagnostics channel `@algoitny/cache:event`.
 */
export function subscribe(listener: (event: CacheEvent) => void): () => void {
  if (typeof listener !== "function")
    refuse(`subscribe: got ${describe(listener)}: pass a function that takes an event`);
  const listen = (event: unknown) => listener(event as CacheEvent);
  subscribeTo(CHANNEL, listen);
  return () => void unsubscribe(CHANNEL, listen);
}

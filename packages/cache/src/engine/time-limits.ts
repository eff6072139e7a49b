import type { Clock } from "../clock.ts";
import type { Budget } from "./budget.ts";
import type { Engine } from "./context.ts";
import type { AnyRead } from "./read-context.ts";

/** A time limit that begins now. */
export function deadline(clock: Clock, ms: number): Budget {
  const endMs = clock.now() + ms;
  return { leftMs: () => Math.max(0, endMs - clock.now()) };
}

/** Longest wait for another read's load: at most half of the request's remaining time, so that there is time to load. */
export function waitLimitMs({ waitMs }: Engine, { budget }: AnyRead): number {
  return Math.min(waitMs, budget.leftMs() / 2);
}

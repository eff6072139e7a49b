import { setTimeout as sleep } from "node:timers/promises";
import { CoreError } from "../core-error.ts";

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 300;

/** Attempts before giving up: if every one fails, the pauses add up to about 5 seconds. */
export const ATTEMPTS = 40;

/** Waits after `attempt` failed attempts: exponential backoff with full jitter. */
export async function pause(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
}

/**
 * Reads, decides and writes again until the write finds the data as it was read; throws a CoreError (`conflict`) after
 * `ATTEMPTS`. `attempt` returns undefined if a concurrent write came first; it throws if the data makes the write impossible.
 */
export async function retryOnConflict<Result>(
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let count = 0; count < ATTEMPTS; count++) {
    if (count > 0) await pause(count);
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new CoreError("conflict", "others are changing this at the same time: try again");
}

import type { VerifyOptions } from "@algoitny/cache";
import type { SendMessage } from "../sqs.ts";

/** Hits checked a minute, of the whole stage. */
const DEFAULT_PER_MINUTE = 6;
const MOST_PER_MINUTE = 6_000;

/** Processes that share the checks: while there are fewer, less is checked. */
const PROCESSES = 10;

type Environment = Readonly<Record<string, string | undefined>>;

/** Hits checked a minute: 6, or `CACHE_VERIFY_PER_MINUTE`; 0: none. Throws an error that names the variable when that is invalid. */
export function readVerifyPerMinute({ CACHE_VERIFY_PER_MINUTE: text = "" }: Environment): number {
  if (text === "") return DEFAULT_PER_MINUTE;
  if (/^\d+$/.test(text) && Number(text) <= MOST_PER_MINUTE) return Number(text);
  throw new Error(
    `CACHE_VERIFY_PER_MINUTE=${text}: write a whole number from 0 (no checks) to ${MOST_PER_MINUTE}, or leave it out`,
  );
}

/**
 * Chooses this process's part of the hits that are checked: one after the other, of the resources in turn, so that one which
 * is seldom read is checked as often as a busy one.
 */
export function createSampler(
  perMinute: number,
  now: () => number = Date.now,
  random: () => number = Math.random,
) {
  const intervalMs = (60_000 * PROCESSES) / perMinute;
  const lastMs = new Map<string, number>();
  let dueMs = now();
  return {
    isDue: () => now() >= dueMs,
    /** True when a hit of the resource is to be checked. */
    takes(resource: string): boolean {
      const nowMs = now();
      if (nowMs < dueMs) return false;
      const isItsTurn = nowMs - (lastMs.get(resource) ?? -Infinity) >= intervalMs * lastMs.size;
      const isAnyones = nowMs - dueMs >= intervalMs;
      if (!isItsTurn && !isAnyones) return false;
      lastMs.set(resource, nowMs);
      // At an even pace, a poller would have the same resource checked each time.
      dueMs = nowMs + intervalMs * (0.5 + random());
      return true;
    },
  };
}

/** Hands the checks of some hits to a queue. Between two of them a hit costs a look at the clock. */
export function verifyThrough({
  url,
  send,
  perMinute,
  now,
}: {
  url: string;
  send: SendMessage;
  perMinute: number;
  now?: () => number;
}): VerifyOptions {
  const sampler = createSampler(perMinute, now);
  return {
    get rate() {
      return sampler.isDue() ? 1 : 0;
    },
    async enqueue(task, delayMs) {
      // A check that goes on has its place already.
      if (task.differsSinceMs === undefined && !sampler.takes(task.resource)) return;
      const delaySeconds = Math.ceil(delayMs / 1_000);
      await send({ url, body: JSON.stringify(task), ...(delaySeconds > 0 && { delaySeconds }) });
    },
  };
}

import type { VerifyOptions } from "@algoitny/cache";
import type { SendMessage } from "../sqs.ts";

/** Number of hits checked per minute in the whole stage. */
const DEFAULT_PER_MINUTE = 6;
const MOST_PER_MINUTE = 6_000;

/** Assumed number of processes that share the checks: fewer check fewer hits; the checks of more exceed the allowance. */
const PROCESSES = 10;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Hits checked per minute: 6, or `CACHE_VERIFY_PER_MINUTE`; 0: none. Throws an error that names the variable if that is
 * invalid.
 */
export function readVerifyPerMinute({ CACHE_VERIFY_PER_MINUTE: text = "" }: Environment): number {
  if (text === "") return DEFAULT_PER_MINUTE;
  if (/^\d+$/.test(text) && Number(text) <= MOST_PER_MINUTE) return Number(text);
  throw new Error(
    `CACHE_VERIFY_PER_MINUTE=${text}: write a whole number from 0 (no checks) to ${MOST_PER_MINUTE}`,
  );
}

/**
 * Chooses this process's share of the checked hits: round robin over the resources, so that a seldom read one is checked
 * as often as a busy one.
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
    /** True if a hit of the resource is to be checked. */
    takes(resource: string): boolean {
      const nowMs = now();
      if (nowMs < dueMs) return false;
      const isItsTurn = nowMs - (lastMs.get(resource) ?? -Infinity) >= intervalMs * lastMs.size;
      const isAnyones = nowMs - dueMs >= intervalMs;
      if (!isItsTurn && !isAnyones) return false;
      lastMs.set(resource, nowMs);
      // At a regular pace, a poller would always get the same resource checked.
      dueMs = nowMs + intervalMs * (0.5 + random());
      return true;
    },
  };
}

/** Sends checks of some hits to a queue. A hit that is not due for a check costs one reading of the clock. */
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
      // A follow-up check was counted when its first check was drawn.
      if (task.differsSinceMs === undefined && !sampler.takes(task.resource)) return;
      const delaySeconds = Math.ceil(delayMs / 1_000);
      await send({ url, body: JSON.stringify(task), ...(delaySeconds > 0 && { delaySeconds }) });
    },
  };
}

import { setTimeout as delay } from "node:timers/promises";
import { arrivals, type Random } from "./arrivals.ts";
import type { PlannedRequest } from "./mix.ts";
import type { Send } from "./sender.ts";
import { createTally } from "./tally.ts";

/** Highest number of requests in flight; further ones are shed, and counted. */
const MOST_IN_FLIGHT = 2_000;

/** Highest lateness of this program's requests at p99, in ms: above it, the times describe this machine, not the API. */
const LATE_LIMIT_MS = 10;

export interface LoadPlan {
  perSecond: number;
  durationMs: number;
  random: Random;
  draw: (random: Random) => PlannedRequest;
}

/** The time, in ms; `sleep` may end late. */
export interface LoadClock {
  now: () => number;
  sleep: (ms: number) => Promise<unknown>;
}

const systemClock: LoadClock = { now: () => performance.now(), sleep: delay };

export type LoadResult = Awaited<ReturnType<typeof runLoad>>;

/**
 * Sends requests at the times of a Poisson process, whether or not earlier ones have been answered. A request's time
 * counts from its scheduled time: a stalled server delays every request that arrives meanwhile.
 */
export async function runLoad(
  { perSecond, durationMs, random, draw }: LoadPlan,
  send: Send,
  {
    clock = systemClock,
    onProgress = () => {},
  }: { clock?: LoadClock; onProgress?: (elapsedMs: number) => void } = {},
) {
  const tally = createTally();
  const inFlight = new Set<Promise<void>>();
  const startMs = clock.now();
  let shed = 0;
  const sendAt = async (dueMs: number, request: PlannedRequest) => {
    const exchange = await send(request);
    tally.note(request.endpoint, exchange, clock.now() - dueMs);
  };
  for (const atMs of arrivals({ perSecond, durationMs }, random)) {
    const request = draw(random);
    const dueMs = startMs + atMs;
    const waitMs = dueMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    tally.noteLate(clock.now() - dueMs);
    onProgress(clock.now() - startMs);
    if (inFlight.size >= MOST_IN_FLIGHT) {
      shed += 1;
      continue;
    }
    const exchange = sendAt(dueMs, request);
    inFlight.add(exchange);
    void exchange.finally(() => inFlight.delete(exchange));
  }
  await Promise.all(inFlight);
  const result = tally.result();
  return {
    seconds: Math.round(clock.now() - startMs) / 1_000,
    shed,
    valid: result.late_p99_ms <= LATE_LIMIT_MS,
    ...result,
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import { MAX_STALENESS } from "@algoitny/core/ttl";
import { toMs } from "@algoitny/cache";
import { MetricsAnswer } from "@algoitny/functions/openapi/function-answers";
import { type Check, Skipped } from "./checks.ts";

/** Longest wait for a beat: 3 minutes. A beat comes each minute, and its numbers show within another minute. */
const LIMIT_MS = 180_000;
const PAUSE_MS = 5_000;

interface Waiting {
  limitMs?: number;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

/**
 * Waits for a new beat that confirms all changes older than `MAX_STALENESS`. A beat writes probes to the table, past the
 * API, and confirms the changes before those that the stream has delivered. With recorded views, it fails if an entry made
 * from a probe is still stored then.
 */
export function beatCheck({
  limitMs = LIMIT_MS,
  now = Date.now,
  pause = sleep,
}: Waiting = {}): Check {
  return {
    name: "receives changes from outside the API through the table's stream",
    waits: true,
    async run(api) {
      const startSeconds = now() / 1_000;
      for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
        const { status, json } = await api.ask("GET", "/ops/metrics/?range=15m");
        if (status === 401) throw new Skipped("the token is refused");
        if (status === 403) throw new Skipped("the token is neither an admin's nor a viewer's");
        if (status !== 200) throw new Error(`/ops/metrics/ answered ${status}`);
        const { columns, times, period_seconds: period } = MetricsAnswer.parse(json);
        // A beat of the previous deployment proves nothing.
        const isNew = (index: number) => (times[index] ?? 0) + period > startSeconds;
        const ages = columns["closed_age_ms"] ?? [];
        const age = ages.findLast((value, index) => value !== null && isNew(index)) ?? null;
        if (age !== null && age <= toMs(MAX_STALENESS)) return;
        if (waitedMs >= limitMs) throw new Error(age === null ? NO_BEAT : late(age));
        await pause(PAUSE_MS);
      }
    },
  };
}

const NO_BEAT =
  "no beat has succeeded since the start of this check: look whether the schedule Beat is enabled, and at the log of schedule/send-beat";

const late = (ageMs: number) =>
  `the last beat confirmed only changes older than ${Math.round(ageMs / 1_000)} s: look at the log of stream/invalidate`;

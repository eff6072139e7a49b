import { setTimeout as delay } from "node:timers/promises";
import type { MetricsAnswer } from "@algoitny/functions/openapi/function-answers";
import * as z from "zod";
import { type Drill, ORDINARY_READS, STORM_TAGS } from "./drill.ts";
import { outputsOf, type ShownName } from "./shown-commands.ts";
import type { Context } from "./ops-command.ts";

const Problems = z.array(z.object({ id: z.number() }));

const ROUND_MS = 200;

/** Tags of one request, at most: the API takes no more. */
const MOST_TAGS = 500;

const OUTCOMES = ["hit", "stale", "miss", "bypass"] as const;

/** Number of latest intervals; a storm has more tags than the busiest of them had reads. */
const RECENT_INTERVALS = 6;

/** Reads of the drill's own ordinary traffic. */
const READS_PER_SECOND = (ORDINARY_READS * 1_000) / ROUND_MS;

/** A storm is this many times as large as one that just stands out. */
const MARGIN = 1.5;

export const LONGEST_SECONDS = 120;

/** The finding's sentence about the fault, and the outputs of commands that show it. */
export interface Named {
  sentence: string;
  shown: Partial<Record<ShownName, string>>;
}

/**
 * Number of a storm's tags each second: clearly more than ten times the usual number, and clearly more than the recent
 * reads and those of the drill together.
 */
export function stormTags(
  { columns, complete, period_seconds: period }: z.infer<typeof MetricsAnswer>,
  least: number,
): number {
  const known = (name: string) => (columns[name] ?? []).slice(0, complete).map((each) => each ?? 0);
  const tags = known("tags_invalidated").toSorted((a, b) => a - b);
  const usual = tags[Math.floor(tags.length / 2)] ?? 0;
  const outcomes = OUTCOMES.map((name) => known(name).slice(-RECENT_INTERVALS));
  const reads = Array.from({ length: RECENT_INTERVALS }, (_, at) =>
    outcomes.reduce((sum, values) => sum + (values[at] ?? 0), 0),
  );
  const enough = Math.max(10 * usual, Math.max(...reads) + READS_PER_SECOND * period);
  return Math.max(least, Math.ceil((MARGIN * enough) / period));
}

/** Plants the fault under traffic until the findings name it; undefined if none does in time. Then removes the fault. */
export async function rehearse(
  { does, finding, fault, reads, shows, tags: least = 0, isStorm }: Drill,
  context: Context,
): Promise<Named | undefined> {
  const { api, note, answers } = context;
  const problems = Problems.parse(await api.call("GET", "/api/problems/?page=1"));
  const ids = problems.map(({ id }) => id).slice(0, STORM_TAGS);
  const series = answers.MetricsAnswer.parse(await api.call("GET", "/api/ops/metrics/?range=1h"));
  const some = isStorm ? stormTags(series, least) : least;
  const paths = [...ids.map((id) => `/api/problems/${id}/`), "/api/problems/?page=1"];
  const ended = new AbortController();
  const traffic = (async () => {
    let invalidatedMs = -Infinity;
    while (!ended.signal.aborted) {
      // Limited by time: a slow machine has fewer rounds a second.
      if (some > 0 && performance.now() - invalidatedMs >= 1_000) {
        invalidatedMs = performance.now();
        const tags = Array.from(
          { length: some },
          (_, index) => `problem:${ids[index] ?? index + 1}`,
        );
        const parts = Array.from({ length: Math.ceil(some / MOST_TAGS) }, (_, part) =>
          tags.slice(part * MOST_TAGS, (part + 1) * MOST_TAGS),
        );
        await Promise.all(
          parts.map((part) =>
            api.send("POST", "/api/ops/cache/invalidate/", { body: { tags: part } }),
          ),
        );
      }
      await Promise.allSettled(
        reads(paths).map((path) => api.send("GET", path, { anonymous: true })),
      );
      await delay(ROUND_MS);
    }
  })();
  if (fault) await api.call("POST", `/local/faults/${fault}`);
  note(`${does}; waiting for its finding`);
  try {
    const endMs = performance.now() + LONGEST_SECONDS * 1_000;
    while (performance.now() < endMs) {
      await delay(2_000);
      const { findings } = answers.FindingsAnswer.parse(
        await api.call("GET", "/api/ops/findings/"),
      );
      const found = findings.find(({ id }) => id === finding);
      const key = `problem_detail:id:${ids[0]}`;
      if (found) return { sentence: found.sentence, shown: await outputsOf(shows, context, key) };
    }
    return undefined;
  } finally {
    ended.abort();
    if (fault) await api.call("DELETE", `/local/faults/${fault}`);
    await traffic;
    note("the fault has ended, and so has the drill's traffic");
  }
}

import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { type Drill, STORM_TAGS } from "./drill.ts";
import { type LookName, outputsOf } from "./drill-looks.ts";
import type { Context } from "./ops-command.ts";

const Problems = z.array(z.object({ id: z.number() }));

const ROUND_MS = 200;

export const LONGEST_SECONDS = 120;

/** Sentence that names a fault, and the outputs of looks at it. */
export interface Named {
  sentence: string;
  shown: Partial<Record<LookName, string>>;
}

/** Plants the fault under traffic until the findings name it; undefined where none does in time. Removes it again. */
export async function rehearse(
  { does, finding, fault, reads, shows, tags: some = 0 }: Drill,
  context: Context,
): Promise<Named | undefined> {
  const { api, note, answers } = context;
  const problems = Problems.parse(await api.call("GET", "/api/problems/?page=1"));
  const ids = problems.map(({ id }) => id).slice(0, STORM_TAGS);
  const paths = [...ids.map((id) => `/api/problems/${id}/`), "/api/problems/?page=1"];
  const ended = new AbortController();
  const traffic = (async () => {
    let invalidatedMs = -Infinity;
    while (!ended.signal.aborted) {
      // By the clock: a slow machine has fewer rounds a second.
      if (some > 0 && performance.now() - invalidatedMs >= 1_000) {
        invalidatedMs = performance.now();
        const tags = Array.from(
          { length: some },
          (_, index) => `problem:${ids[index] ?? index + 1}`,
        );
        await api.send("POST", "/api/ops/cache/invalidate/", { body: { tags } });
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
  }
}

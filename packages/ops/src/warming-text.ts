import { Warmed } from "@algoitny/functions/openapi/function-answers";
import type { z } from "zod";

/** The part of a warming schedule's answer that a sentence needs. */
const Report = Warmed.omit({ empty: true, plans: true });
type Report = z.output<typeof Report>;

const WORDS: readonly [count: keyof Report, word: string][] = [
  ["skipped", "still fresh"],
  ["busy", "being loaded by a reader"],
  ["not_stored", "not stored"],
  ["left", "left for the next run"],
];

/** Sums up a warming schedule's answer: `refreshed 49, failed 0, 6.1 s`. Returns undefined for any other answer. */
export function warmingText(answer: unknown): string | undefined {
  const { data: report } = Report.safeParse(answer);
  if (report === undefined) return undefined;
  const { state, down, dry_run: dryRun, refreshed, due, failed } = report;
  if (state === "down") return `nothing was refreshed: ${down.join(" and ")} cannot be reached`;
  const others = WORDS.filter(([count]) => report[count] !== 0).map(
    ([count, word]) => `${String(report[count])} ${word}`,
  );
  const first = dryRun ? [`would refresh ${due}`] : [`refreshed ${refreshed}`, `failed ${failed}`];
  const seconds = (report.ms / 1_000).toFixed(1);
  const broken = state === "broken" ? "; a plan was given up (--json says why)" : "";
  return `${[...first, ...others, `${seconds} s`].join(", ")}${broken}`;
}

import type { Series } from "./answers.ts";
import { number } from "./safe-text.ts";

/** Fewest checks for which the rule of three is a good approximation. */
const FEWEST_FOR_A_BOUND = 30;

/**
 * Stale hits among the checked ones. If none of many is stale, their share is below 3 / checked at 95 % confidence (rule
 * of three).
 */
export function checkedText({ verified, verified_stale: stale }: Series["totals"]): string {
  const all = (verified ?? 0) + (stale ?? 0);
  if (all === 0) return "–";
  const bound =
    (stale ?? 0) === 0 && all >= FEWEST_FOR_A_BOUND ? `: under ${number(300 / all)}%` : "";
  return `${number(stale ?? 0)} of ${number(all)}${bound}`;
}

import { UnreachableError } from "../api-client.ts";
import { explain } from "../cli/explain.ts";
import { type Check, Skipped } from "./checks.ts";
import type { Api } from "./smoke-api.ts";

/** Result of a check; `why` for one that failed or was skipped. */
export interface Outcome {
  name: string;
  result: "passed" | "failed" | "skipped";
  why?: string;
  ms: number;
}

/**
 * Runs the checks one after the other and reports each when it is done. A failed check does not stop the rest, unless not
 * even the first one gets an answer: the rest would repeat its error.
 */
export async function runChecks(
  checks: readonly Check[],
  api: Api,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, waits, run } of checks) {
    const startMs = performance.now();
    const isVain = waits && outcomes[0]?.result === "failed";
    const error = isVain
      ? new Skipped("the first check failed: this one would wait in vain")
      : await run(api).then(
          () => undefined,
          (cause: unknown) => cause ?? new Error("failed"),
        );
    const outcome = { name, ...resultOf(error), ms: Math.round(performance.now() - startMs) };
    onOutcome(outcome);
    outcomes.push(outcome);
    if (error instanceof UnreachableError && outcomes.length === 1) break;
  }
  return outcomes;
}

function resultOf(error: unknown): Pick<Outcome, "result" | "why"> {
  if (error === undefined) return { result: "passed" };
  const why = explain(error).replaceAll("\n  because: ", ": ");
  return { result: error instanceof Skipped ? "skipped" : "failed", why };
}

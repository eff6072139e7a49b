import type { Api } from "./smoke-api.ts";
import { type Check, Skipped } from "./checks.ts";

/** How a check went; `why` for what failed or was left out. */
export interface Outcome {
  name: string;
  result: "passed" | "failed" | "skipped";
  why?: string;
  ms: number;
}

/** Makes the checks one after the other; each is told of when it is over. A failed one does not stop the rest. */
export async function runChecks(
  checks: readonly Check[],
  api: Api,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const check of checks) {
    const outcome = await runCheck(check, api);
    onOutcome(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function runCheck({ name, run }: Check, api: Api): Promise<Outcome> {
  const startMs = performance.now();
  const took = () => Math.round(performance.now() - startMs);
  try {
    await run(api);
    return { name, result: "passed", ms: took() };
  } catch (error) {
    const why = reasonOf(error);
    return { name, result: error instanceof Skipped ? "skipped" : "failed", why, ms: took() };
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

const ATTEMPTS = 20;

/**
 * Repeats an attempt until its time limit suffices: a health check gives up after 2 seconds, in which a cold function
 * on a busy machine has not loaded the SDK; a warming plan after 5 to 50. Throws the last failure.
 */
export async function untilDone(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = ATTEMPTS - 1; left > 0; left -= 1) {
    const isDone = await attempt().then(
      () => true,
      () => false,
    );
    if (isDone) return;
  }
  await attempt();
}

const DONE = new Set<unknown>(["done", "advanced", "cleared"]);

/** Throws unless a schedule's report says that all of it is warm, or that the closed timestamp has moved. */
export function expectDone(report: unknown): void {
  const state: unknown = Reflect.get(Object(report), "state");
  if (!DONE.has(state))
    throw new Error(`a schedule's run is ${String(state)}: ${JSON.stringify(report)}`);
}

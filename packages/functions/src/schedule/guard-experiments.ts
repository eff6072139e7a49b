import { guardExperiments } from "../experiments/end-harmful.ts";
import { numbersNow } from "../metrics/numbers.ts";
import { log, observe, openSource } from "../runtime.ts";
import type { InvocationContext } from "../telemetry/observe-batch.ts";

/** Schedule → the end of experiments on lifetimes that do harm, or have run long enough. */
export function handler(
  _event: unknown,
  context: InvocationContext,
): Promise<{ state: "done"; ended: readonly string[] }> {
  const ids = { function_request_id: context.awsRequestId };
  return observe({ subject: "schedule", name: "GuardExperiments", ids }, async () => {
    const { experiments } = await openSource().tables();
    const ended = await guardExperiments({ experiments, source: numbersNow(), log });
    return { state: "done", ended };
  });
}

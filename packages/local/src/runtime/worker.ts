import { inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import type { Call, ErrorData, Outcome, WorkerSetup } from "./protocol.ts";

/** Lambda's context, as far as handlers use it. */
export interface FunctionContext {
  awsRequestId: string;
  functionName: string;
  getRemainingTimeInMillis(): number;
}

type Handler = (event: unknown, context: FunctionContext) => unknown;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runtime starts this file with a WorkerSetup
const { folder } = workerData as WorkerSetup;

const textOf = (value: unknown): string => (typeof value === "string" ? value : inspect(value));

/** Any value can be thrown: objects without a prototype, and errors whose message is not text. */
function toErrorData(error: unknown): ErrorData {
  return error instanceof Error
    ? { name: textOf(error.name), message: textOf(error.message), stack: textOf(error.stack) }
    : { name: "Error", message: textOf(error) };
}

async function run({ id, file, event, awsRequestId, timeoutMs }: Call): Promise<Outcome> {
  try {
    // Imported once per worker: module state outlives an invocation, as in an execution environment of Lambda.
    const module: { handler?: Handler } = await import(new URL(`${file}.ts`, folder).href);
    if (!module.handler) throw new TypeError(`${file}.ts exports no \`handler\``);
    if (event === undefined) return { id, result: "null" };
    post({ id, begun: true });
    const deadlineMs = Date.now() + timeoutMs;
    const result = await module.handler(JSON.parse(event), {
      awsRequestId,
      functionName: file,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    });
    return { id, result: JSON.stringify(result ?? null) };
  } catch (error) {
    return { id, error: toErrorData(error) };
  }
}

/** Ends the thread once the parent thread has received its last lines: then a stream calls back. */
function end(): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit()));
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window
const post = (outcome: Outcome): void => parentPort?.postMessage(outcome);

parentPort?.on("message", (call: Call | "end") => {
  if (call === "end") return end();
  void run(call).then(post);
});

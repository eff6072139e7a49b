import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { type Call, Outcome, type WorkerSetup } from "./protocol.ts";

/** A function threw, timed out or ended its instance; `stack` is that of the function's error, if it has one. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";

  constructor(message: string, stack?: string) {
    super(message);
    if (stack !== undefined) this.stack = stack;
  }
}

export interface InstanceOptions {
  folder: URL;
  env: Record<string, string>;
  /** Called with every line that functions write to stdout and stderr. */
  onOutput: (line: string) => void;
}

/** One execution environment of functions, as Lambda starts one: with separate modules, kept between invocations. */
export interface Instance {
  readonly alive: boolean;
  /** Resolves when its thread is gone. */
  readonly exited: Promise<void>;
  /** Without an event only the function's module is loaded. */
  invoke(file: string, event: unknown, timeoutMs: number): Promise<unknown>;
  /** Sets `alive` to false, so that callers give it no more work; it ends after its current invocations. */
  retire(): void;
  /** Ends now; current invocations are rejected. */
  close(): Promise<void>;
}

const END_WITHIN_MS = 1_000;

/** A module that takes longer to load counts as hung. On Lambda, too, the init phase has a separate limit. */
const LOAD_WITHIN_MS = 60_000;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: FunctionError) => void;
  timer: NodeJS.Timeout;
  /** Called when the module is loaded: the function's own limit begins. */
  begin: () => void;
}

function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on("line", onLine);
}

/**
 * Starts an instance in a worker thread. A thread rather than a process, because it never outlives this process, even a
 * killed one; it starts in about 30 ms, has its own event loop, environment and modules, and can be terminated even in an
 * endless loop.
 */
export function startInstance({ folder, env, onOutput }: InstanceOptions): Instance {
  const workerData: WorkerSetup = { folder: folder.href };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData,
    env,
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let alive = true;

  function settle(id: number): Waiting | undefined {
    const call = waiting.get(id);
    waiting.delete(id);
    clearTimeout(call?.timer);
    if (!alive && waiting.size === 0) end();
    return call;
  }

  /** Lets the thread end by itself, because terminating it loses its last lines; terminates it if it hangs. */
  function end(): void {
    worker.postMessage("end"); // oxlint-disable-line unicorn/require-post-message-target-origin -- no window
    const timer = setTimeout(() => void worker.terminate(), END_WITHIN_MS).unref();
    worker.once("exit", () => clearTimeout(timer));
  }

  function retire(): void {
    alive = false;
    if (waiting.size === 0) end();
  }

  function failAll(reason: string, stack?: string): void {
    alive = false;
    for (const id of waiting.keys()) settle(id)?.reject(new FunctionError(reason, stack));
  }

  forwardLines(worker.stdout, onOutput);
  forwardLines(worker.stderr, onOutput);
  worker.on("message", (sent: unknown) => {
    const { data: outcome } = Outcome.safeParse(sent);
    if (outcome === undefined) return;
    if ("begun" in outcome) return waiting.get(outcome.id)?.begin();
    const call = settle(outcome.id);
    if ("result" in outcome) return call?.resolve(JSON.parse(outcome.result));
    const { name, message, stack } = outcome.error;
    return call?.reject(new FunctionError(`${name}: ${message}`, stack));
  });
  worker.on("error", (error) => {
    const stack = error instanceof Error ? error.stack : undefined;
    failAll(`the instance ended by an uncaught error: ${String(error)}`, stack);
  });
  const exited = new Promise<void>((resolve) => {
    worker.on("exit", () => {
      failAll("the instance ended");
      resolve();
    });
  });

  return {
    exited,
    get alive() {
      return alive;
    },
    invoke(file, event, timeoutMs) {
      lastId += 1;
      const id = lastId;
      const call: Call = {
        id,
        file,
        event: JSON.stringify(event),
        awsRequestId: randomUUID(),
        timeoutMs,
      };
      return new Promise((resolve, reject) => {
        const endAfter = (ms: number) =>
          setTimeout(() => {
            alive = false; // as on Lambda, which discards an execution environment after a timeout
            const message = `${file}: task timed out after ${ms / 1000} seconds`;
            settle(id)?.reject(new FunctionError(message));
          }, ms);
        const own: Waiting = {
          resolve,
          reject,
          timer: endAfter(LOAD_WITHIN_MS),
          begin() {
            clearTimeout(own.timer);
            own.timer = endAfter(timeoutMs);
          },
        };
        waiting.set(id, own);
        worker.postMessage(call); // oxlint-disable-line unicorn/require-post-message-target-origin -- no window
      });
    },
    retire,
    async close() {
      alive = false;
      await worker.terminate();
    },
  };
}

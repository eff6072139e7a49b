import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { type Call, Outcome, type WorkerSetup } from "./protocol.ts";

/** A function threw, ran out of time or took its instance down; `stack` is the function's own. */
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

/** One process of functions, as Lambda would start one: its own modules, kept between invocations. */
export interface Instance {
  readonly alive: boolean;
  /** Resolves when its thread is gone. */
  readonly exited: Promise<void>;
  /** Without an event the function's module is only loaded. */
  invoke(file: string, event: unknown, timeoutMs: number): Promise<unknown>;
  /** Takes no more work and ends when what is in flight is done. */
  retire(): void;
  /** Ends now; what is in flight is rejected. */
  close(): Promise<void>;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: FunctionError) => void;
  timer: NodeJS.Timeout;
}

function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on("line", onLine);
}

/**
 * Starts an instance in a worker thread. A thread rather than a process: it cannot outlive this process however that
 * ends, starts in some 30 ms, has its own event loop, environment and modules, and is ended even from an endless loop.
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
    if (!alive && waiting.size === 0) void worker.terminate();
    return call;
  }

  function retire(): void {
    alive = false;
    if (waiting.size === 0) void worker.terminate();
  }

  function fall(reason: string, stack?: string): void {
    alive = false;
    for (const id of waiting.keys()) settle(id)?.reject(new FunctionError(reason, stack));
  }

  forwardLines(worker.stdout, onOutput);
  forwardLines(worker.stderr, onOutput);
  worker.on("message", (sent: unknown) => {
    const { data: outcome } = Outcome.safeParse(sent);
    if (outcome === undefined) return;
    const call = settle(outcome.id);
    if ("result" in outcome) return call?.resolve(JSON.parse(outcome.result));
    const { name, message, stack } = outcome.error;
    return call?.reject(new FunctionError(`${name}: ${message}`, stack));
  });
  worker.on("error", (error) => {
    const stack = error instanceof Error ? error.stack : undefined;
    fall(`the instance ended by an uncaught error: ${String(error)}`, stack);
  });
  const exited = new Promise<void>((resolve) => {
    worker.on("exit", () => {
      fall("the instance ended");
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
        deadlineMs: Date.now() + timeoutMs,
      };
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          alive = false; // as on Lambda, where a container that ran out of time is thrown away
          const message = `${file}: task timed out after ${timeoutMs / 1000} seconds`;
          settle(id)?.reject(new FunctionError(message));
        }, timeoutMs);
        waiting.set(id, { resolve, reject, timer });
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

import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { RunReport } from "./report.ts";
import type { RunReply, RunRequest } from "./vitest-protocol.ts";

const MAIN = path.join(import.meta.dirname, "vitest-main.ts");

/** Runs tests of one tree. */
export interface TestRuns {
  /** Ends a run that takes longer than `limitMs`. */
  run(request: RunRequest, limitMs: number): Promise<RunReport>;
  close(): void;
}

/**
 * Runs tests of a tree in a vitest process that serves many runs, because most of a small run is vitest's start. A run
 * that sets up a project ends the process, and so does one that exceeds its time limit.
 */
export function testRuns(tree: string): TestRuns {
  let running: ChildProcess | undefined;
  const close = () => {
    if (running) end(running);
    running = undefined;
  };
  process.once("exit", close);

  async function run(request: RunRequest, limitMs: number): Promise<RunReport> {
    running ??= start(tree);
    const reply = await answer(running, request, limitMs);
    if (reply.isSpent) close();
    return reply.report;
  }

  return {
    run,
    close: () => {
      process.removeListener("exit", close);
      close();
    },
  };
}

/** In a separate process group: a worker that never ends has to be killed with it. */
function start(tree: string): ChildProcess {
  return fork(MAIN, { cwd: tree, detached: true, stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The process has already ended.
  }
}

/** Answer of the process; an error instead if the process ends first, or does not answer in time. */
function answer(child: ChildProcess, request: RunRequest, limitMs: number): Promise<RunReply> {
  const { promise, resolve } = Promise.withResolvers<RunReply>();
  const fail = (message: string) =>
    resolve({ report: { tests: [], errors: [{ file: null, message }] }, isSpent: true });
  let output = "";
  const onOutput = (part: Buffer) => (output += String(part));
  const onExit = () => fail(output.trim() || "vitest has ended without a report");
  const timer = setTimeout(() => fail(`no end within ${limitMs / 1000} s`), limitMs);
  child.stderr?.on("data", onOutput);
  child.on("message", resolve).once("exit", onExit);
  child.send(request);
  return promise.finally(() => {
    clearTimeout(timer);
    child.stderr?.off("data", onOutput);
    child.off("message", resolve).off("exit", onExit);
  });
}

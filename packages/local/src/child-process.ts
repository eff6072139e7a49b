import { spawn, type ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { Socket } from "node:net";

/** A program that ends when this process ends, however this process ends. */
export interface BoundProcess {
  /** False once it has exited, or when it could not be started. */
  running: () => boolean;
  /** Resolves when it has exited, or could not be started. */
  exited: Promise<void>;
  /** The end of its output, or why it could not be started. */
  output: () => string;
  /** Ends it at once (SIGKILL) and resolves when it is gone. */
  kill: () => Promise<void>;
}

const OUTPUT_KEPT_CHARS = 4_000;

/**
 * Starts a program in its own process group: Ctrl-C reaches only this process, which can finish its work first. `kill`
 * removes the folder `scratch`, and so does the end of this process while the program runs.
 */
export function spawnBound(
  command: string,
  args: readonly string[],
  scratch?: string,
): BoundProcess {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const watchdog = watch(child, scratch);
  const exited = new Promise<void>((resolve) => {
    for (const event of ["exit", "error"]) child.once(event, () => resolve());
  });
  // The program's process id may soon be that of another process, which the watchdog must not kill.
  void exited.then(() => watchdog.kill("SIGKILL"));
  let output = "";
  const keep = (text: string): void => {
    output = (output + text).slice(-OUTPUT_KEPT_CHARS);
  };
  child.once("error", (error) => keep(error.message));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", keep);
    if (stream instanceof Socket) stream.unref();
  }
  child.unref();
  const running = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    running,
    exited,
    output: () => output.trim(),
    async kill() {
      if (running()) {
        child.kill("SIGKILL");
        child.ref(); // this process must not end before it has seen the other one end
        await exited;
      }
      watchdog.kill("SIGKILL");
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A shell whose standard input ends with this process, even after `kill -9`; it then kills the program. */
function watch(child: ChildProcess, scratch = ""): ChildProcess {
  const script = 'read -r _; kill -KILL "$1"; test -z "$2" || rm -rf "$2"';
  const watchdog = spawn("/bin/sh", ["-c", script, "sh", String(child.pid ?? ""), scratch], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.once("error", () => {}); // no shell, no watchdog: an orderly close still ends the program
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  watchdog.unref();
  return watchdog;
}

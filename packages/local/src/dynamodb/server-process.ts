import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A server program of ours: it listens on 127.0.0.1 and ends when this process ends, however that happens. */
export interface ServerProcess {
  endpoint: string;
  /** What the server answered to the first `GET /`. */
  firstResponse: Response;
  close: () => Promise<void>;
}

export interface ServerProgram {
  /** For error messages. */
  name: string;
  command: string;
  args: (port: number) => string[];
  /** A folder that is removed once the server has ended. */
  scratch?: string | undefined;
}

/** How long a server may take until it answers: a JVM on a busy machine needs several seconds. */
const READY_WITHIN_MS = 30_000;
const POLL_MS = 20;
/** A free port can be taken by somebody else before the server binds it. */
const PORT_ATTEMPTS = 3;
const STOP_WITHIN_MS = 2_000;
const OUTPUT_KEPT_CHARS = 4_000;

/** Starts a server on a free port and waits until it answers HTTP; throws with the program's own output when it does not. */
export async function startServerProcess(program: ServerProgram): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const running = run(program, port);
    try {
      const endpoint = `http://127.0.0.1:${port}`;
      const firstResponse = await answer(endpoint, running);
      return { endpoint, firstResponse, close: () => stop(running) };
    } catch (error) {
      await end(running);
      if (attempt < PORT_ATTEMPTS && /already in use/i.test(running.output)) continue;
      await stop(running);
      throw error;
    }
  }
}

interface Running {
  name: string;
  scratch: string | undefined;
  child: ChildProcess;
  watchdog: ChildProcess;
  exited: Promise<unknown>;
  output: string;
}

function run({ name, command, args, scratch }: ServerProgram, port: number): Running {
  // Own process groups: Ctrl-C reaches this process alone, which can finish its requests before the server goes.
  const child = spawn(command, args(port), { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  const running: Running = {
    name,
    scratch,
    child,
    watchdog: watch(child, scratch),
    exited,
    output: "",
  };
  const keep = (chunk: string): void => {
    running.output = (running.output + chunk).slice(-OUTPUT_KEPT_CHARS);
  };
  child.once("error", (error) => keep(error.message));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", keep);
    if (stream instanceof Socket) stream.unref();
  }
  child.unref();
  return running;
}

/** A shell whose standard input ends with this process, even after `kill -9`; it then kills the server. */
function watch(child: ChildProcess, scratch: string | undefined): ChildProcess {
  const script = 'read -r _; kill -KILL "$1"; test -z "$2" || rm -rf "$2"';
  const parameters = ["sh", String(child.pid ?? ""), scratch ?? ""];
  const watchdog = spawn("/bin/sh", ["-c", script, ...parameters], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.once("error", () => {}); // no shell, no watchdog: an orderly close still ends the server
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  watchdog.unref();
  return watchdog;
}

async function answer(endpoint: string, running: Running): Promise<Response> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) }).catch(() => {});
    if (hasEnded(running))
      throw new Error(`${running.name} did not start: ${running.output.trim()}`);
    if (response) return response;
    if (Date.now() > deadline) {
      throw new Error(
        `${running.name} did not answer within ${READY_WITHIN_MS / 1_000} s: ${running.output.trim()}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function hasEnded({ child }: Running): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function stop(running: Running): Promise<void> {
  await end(running);
  if (running.scratch !== undefined) await rm(running.scratch, { recursive: true, force: true });
}

async function end(running: Running): Promise<void> {
  const { child, watchdog, exited } = running;
  if (!hasEnded(running)) {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await exited;
    clearTimeout(killer);
  }
  watchdog.kill("SIGKILL");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}

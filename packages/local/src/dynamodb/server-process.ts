import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnBound, type BoundProcess } from "../child-process.ts";

/** A server program, reached at 127.0.0.1, that ends when this process ends, however this process ends. */
export interface ServerProcess {
  endpoint: string;
  /** Response to the first `GET /` that the server answered. */
  firstResponse: Response;
  close: () => Promise<void>;
}

export interface ServerProgram {
  /** For error messages. */
  name: string;
  command: string;
  args: (port: number) => string[];
  /** A folder that `close` removes after the end of the server. */
  scratch?: string | undefined;
}

/** Longest time until a server answers: a JVM on a busy machine needs several seconds. */
const READY_WITHIN_MS = 30_000;
const POLL_MS = 20;
/** Attempts to bind a port: another process can take a free port before the server binds it. */
const PORT_ATTEMPTS = 3;

/** Starts a server on a free port and waits until it answers HTTP; throws with the program's own output when it does not. */
export async function startServerProcess(program: ServerProgram): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    // The end of the attempt before has removed it.
    if (program.scratch !== undefined)
      await mkdir(program.scratch, { recursive: true, mode: 0o700 });
    const server = spawnBound(program.command, program.args(port), program.scratch);
    try {
      const firstResponse = await answer(program.name, endpoint, server);
      return { endpoint, firstResponse, close: () => server.kill() };
    } catch (error) {
      await server.kill();
      if (attempt === PORT_ATTEMPTS || !/already in use/i.test(server.output())) throw error;
    }
  }
}

async function answer(name: string, endpoint: string, server: BoundProcess): Promise<Response> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) }).catch(() => {});
    if (!server.running()) throw new Error(`${name} did not start: ${server.output()}`);
    if (response) return response;
    if (Date.now() > deadline) {
      throw new Error(
        `${name} did not answer within ${READY_WITHIN_MS / 1_000} s: ${server.output()}`,
      );
    }
    await sleep(POLL_MS);
  }
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

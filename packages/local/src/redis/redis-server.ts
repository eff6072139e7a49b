import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type BoundProcess, spawnBound } from "../child-process.ts";
import { type Client, connect } from "./client.ts";
import { quoted } from "../shell-quoted.ts";
import type { RedisEngine } from "./redis-engine.ts";
import { RedisDown } from "./reply.ts";
import { restartable } from "./restartable.ts";

/** Time between two reports of a server that has ended: other failures scroll the first one away. */
const REPEAT_AFTER_MS = 10_000;

/** Time between two checks whether a server answers, after the first one has ended. */
const CHECK_EVERY_MS = 1_000;

/** The version of the `redis-server` on PATH; undefined if there is none. */
export async function redisServerVersion(): Promise<string | undefined> {
  const asked = promisify(execFile)("redis-server", ["--version"]);
  const printed = await asked.then(({ stdout }) => stdout).catch(() => null);
  return printed === null ? undefined : (/v=(\S+)/.exec(printed)?.[1] ?? "of unknown version");
}

/**
 * Starts `redis-server` on a private Unix socket: it takes no port, and no other user can connect to it. If it ends by
 * itself, `log` gets the command that starts it again.
 */
export async function startServer(
  version: string,
  dataDir: string | undefined,
  log: (text: string) => void = () => {},
): Promise<RedisEngine> {
  const folder = await mkdtemp(path.join(tmpdir(), "algoitny-redis-"));
  const socket = path.join(folder, "redis.sock");
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  return await restartable({
    name: `redis-server ${version}`,
    engine: "server",
    start: () => run(socket, dataDir, log),
    onClose: () => rm(folder, { recursive: true, force: true }),
  });
}

async function run(
  socket: string,
  dataDir: string | undefined,
  log: (text: string) => void,
): Promise<Client> {
  const options = {
    port: "0",
    unixsocket: socket,
    unixsocketperm: "700",
    save: "",
    appendonly: dataDir === undefined ? "no" : "yes",
    dir: dataDir ?? path.dirname(socket),
    loglevel: "warning",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawnBound("redis-server", args);
  try {
    const client = await connect({ path: socket }, server.running);
    const closing = new AbortController();
    const isDown = () =>
      client.call(["PING"]).then(
        () => false,
        () => true,
      );
    const report = async () => {
      await server.exited;
      const again = `redis-server ${args.map(quoted).join(" ")}`;
      // Goes on after the first restart, because the server that a user has started can end too.
      for (let downForMs = 0; ; await sleep(CHECK_EVERY_MS, undefined, { ref: false })) {
        const isEnded = await isDown();
        if (closing.signal.aborted) return;
        if (!isEnded && downForMs > 0) log("redis-server answers again");
        if (isEnded && downForMs % REPEAT_AFTER_MS === 0)
          log(`redis-server has ended; start it again: ${again}`);
        downForMs = isEnded ? downForMs + CHECK_EVERY_MS : 0;
      }
    };
    void report();
    const close = () => {
      closing.abort();
      return end(client, server);
    };
    return { ...client, close };
  } catch (error) {
    await server.kill();
    throw new RedisDown(`redis-server did not start: ${server.output()}`, { cause: error });
  }
}

/** Ends the server, or the one that a user has started in its place. */
async function end(client: Client, server: BoundProcess): Promise<void> {
  if (!server.running()) await client.call(["SHUTDOWN"]).catch(() => {});
  await server.kill();
  await client.close();
}

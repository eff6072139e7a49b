import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { spawnBound } from "@algoitny/local/child-process";
import { Redis } from "ioredis5";

/** Server that speaks Redis's protocol on a private port. */
export interface RedisProcess extends AsyncDisposable {
  readonly port: number;
  /** Kills it (SIGKILL) and starts it again with its saved data. */
  restart(): Promise<void>;
}

export const SERVERS = ["redis-server", "valkey-server"] as const;

/** The version of a server; undefined where it is not installed. */
export function versionOf(server: string): string | undefined {
  try {
    return /v=(\S+)/.exec(execFileSync(server, ["--version"], { encoding: "utf8" }))?.[1];
  } catch {
    return undefined;
  }
}

/** Servers of this machine with their versions. */
export function installedServers(): [server: string, version: string][] {
  return SERVERS.flatMap((server) => {
    const version = versionOf(server);
    return version === undefined ? [] : [[server, version]];
  });
}

/** Starts a server that saves only on request (`SAVE`); `--cluster-enabled yes` makes it a node of a cluster. */
export async function startRedisProcess(
  server: string,
  options: Readonly<Record<string, string>> = {},
): Promise<RedisProcess> {
  const dir = await mkdtemp(join(tmpdir(), "redis-process-"));
  const port = await freePort();
  const all = {
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    appendonly: "no",
    dir,
    ...options,
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const start = async () => {
    const child = spawnBound(server, args);
    await answering(port);
    return child;
  };
  let child = await start();
  return {
    port,
    async restart() {
      await child.kill();
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      await child.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Starts a cluster of two masters, each with half of the slots. */
export async function startCluster(server: string): Promise<RedisProcess> {
  const options = { "cluster-enabled": "yes", "cluster-node-timeout": "2000" };
  const nodes = await Promise.all([
    startRedisProcess(server, options),
    startRedisProcess(server, options),
  ]);
  const [one, two] = nodes.map(({ port }) => new Redis({ port, host: "127.0.0.1" }));
  if (one === undefined || two === undefined) throw new Error("no nodes");
  await one.call("CLUSTER", "ADDSLOTSRANGE", "0", "8191");
  await two.call("CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
  await one.call("CLUSTER", "MEET", "127.0.0.1", String(nodes[1]?.port));
  for (const node of [one, two]) while (!(await isWhole(node))) await node.ping();
  for (const node of [one, two]) node.disconnect();
  return {
    port: nodes[0]?.port ?? 0,
    async restart() {
      await Promise.all(nodes.map((node) => node.restart()));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    },
  };
}

async function isWhole(node: Redis): Promise<boolean> {
  const info = String(await node.call("CLUSTER", "INFO"));
  return /cluster_state:ok/.test(info) && /cluster_size:2/.test(info);
}

/** A free port, low enough for its cluster-bus port, which is 10,000 higher. */
async function freePort(): Promise<number> {
  for (;;) {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    if (port < 55_000) return port;
  }
}

async function answering(port: number): Promise<void> {
  const probe = new Redis({
    port,
    host: "127.0.0.1",
    retryStrategy: () => 20,
    maxRetriesPerRequest: 500,
  });
  probe.on("error", () => undefined);
  await probe.ping();
  probe.disconnect();
}

import type { RedisClient } from "@algoitny/cache/redis";
import type { GlideClient, GlideClusterClient } from "@valkey/valkey-glide";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis5";
import { Cluster as Cluster6, Redis as Redis6 } from "ioredis6";
import { createClient as create5, createCluster as createCluster5 } from "redis5";
import { createClient as create6, createCluster as createCluster6 } from "redis6";

/** A connected client, with functions to send a command about a key without the store, and to close it. */
export interface Connected {
  client: RedisClient;
  run: (key: string, command: readonly string[]) => Promise<unknown>;
  close: () => void;
}

/** The parts of node-redis 5 and 6 in use here: comparing both versions' whole types takes a minute of the type check. */
interface NodeConnection {
  on: (event: "error", listener: () => void) => unknown;
  connect: () => Promise<unknown>;
  destroy: () => void;
}
interface NodeRedis extends NodeConnection {
  sendCommand: (command: string[]) => Promise<unknown>;
}
interface NodeCluster extends NodeConnection {
  masters: unknown;
  sendCommand: (
    key: string | undefined,
    isReadonly: boolean | undefined,
    command: string[],
  ) => Promise<unknown>;
}

/** Connects to one server, or to a cluster by one of its nodes. */
export type Connect = (port: number) => Promise<Connected>;

const HOST = "127.0.0.1";

/** Common clients, by name. */
export const CLIENTS: Readonly<Record<string, Connect>> = {
  "ioredis 5": async (port) => ofIoredis(new Redis5({ port, host: HOST })),
  "ioredis 6": async (port) => ofIoredis(new Redis6({ port, host: HOST })),
  "node-redis 5": async (port) => ofNodeRedis(create5({ socket: { port, host: HOST } })),
  "node-redis 6": async (port) => ofNodeRedis(create6({ socket: { port, host: HOST } })),
  "Valkey GLIDE": async (port) => {
    const { GlideClient, Logger } = await import("@valkey/valkey-glide");
    Logger.setLoggerConfig("off");
    return ofGlide(await GlideClient.createClient(glideOptions(port)));
  },
};

export const CLUSTER_CLIENTS: Readonly<Record<string, Connect>> = {
  "ioredis 5": async (port) => ofIoredis(new Cluster5([{ port, host: HOST }])),
  "ioredis 6": async (port) => ofIoredis(new Cluster6([{ port, host: HOST }])),
  "node-redis 5": async (port) =>
    ofNodeCluster(createCluster5({ rootNodes: [{ url: `redis://${HOST}:${port}` }] })),
  "node-redis 6": async (port) =>
    ofNodeCluster(createCluster6({ rootNodes: [{ url: `redis://${HOST}:${port}` }] })),
  "Valkey GLIDE": async (port) => {
    const { GlideClusterClient } = await import("@valkey/valkey-glide");
    return ofGlide(await GlideClusterClient.createClient(glideOptions(port)));
  },
};

/** True when GLIDE's native part is installed: some platforms have none. */
export async function hasGlide(): Promise<boolean> {
  return import("@valkey/valkey-glide").then(
    () => true,
    () => false,
  );
}

function glideOptions(port: number) {
  return { addresses: [{ host: HOST, port }], requestTimeout: 10_000 };
}

function ofIoredis(client: Redis5 | Redis6 | Cluster5 | Cluster6): Connected {
  (client as Redis5).on("error", () => undefined);
  return {
    client,
    run: (_, [name = "", ...args]) => client.call(name, ...args),
    close: () => client.disconnect(),
  };
}

async function ofNodeRedis(client: NodeRedis): Promise<Connected> {
  client.on("error", () => undefined);
  await client.connect();
  return {
    client,
    run: (_, command) => client.sendCommand([...command]),
    close: () => client.destroy(),
  };
}

async function ofNodeCluster(client: NodeCluster): Promise<Connected> {
  client.on("error", () => undefined);
  await client.connect();
  return {
    client,
    run: (key, command) => client.sendCommand(key, false, [...command]),
    close: () => client.destroy(),
  };
}

function ofGlide(client: GlideClient | GlideClusterClient): Connected {
  return {
    client,
    run: (_, command) => client.customCommand([...command]),
    close: () => client.close(),
  };
}

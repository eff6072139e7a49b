import { refuse } from "../errors.ts";
import { describe } from "../faults.ts";
import type { Store } from "../store.ts";
import type { RedisPort } from "./redis-port.ts";
import { scriptedStore } from "./scripted.ts";

export type { CommandRoute, RedisPort } from "./redis-port.ts";

/** A connection to Redis or Valkey: a supported client, or any other one behind a custom `send`. */
export type RedisClient = RedisPort | Ioredis | NodeRedis | NodeRedisCluster | Glide | BunRedis;

/** ioredis 5 and 6, iovalkey. */
interface Ioredis {
  call(command: string, ...args: string[]): Promise<unknown>;
  defineCommand: unknown;
  readonly isCluster?: boolean;
}

/** node-redis 5 and 6. */
interface NodeRedis {
  sendCommand(args: string[]): Promise<unknown>;
  connect: unknown;
}

/** A cluster of node-redis 5 or 6. */
interface NodeRedisCluster {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    args: string[],
  ): Promise<unknown>;
  masters: unknown;
}

/** Valkey GLIDE; only its cluster client has `fcallWithRoute`. */
interface Glide {
  customCommand(args: string[]): Promise<unknown>;
  fcallWithRoute?: unknown;
}

/** Bun's own client. */
interface BunRedis {
  send(command: string, args: string[]): Promise<unknown>;
  duplicate: unknown;
}

/**
 * A store in Redis or Valkey 7 or newer, over a client that you have connected: ioredis and iovalkey, node-redis, Valkey
 * GLIDE, Bun's, or `{ send }`. A command whose connection broke is sent once more. On a cluster all names of a cache
 * share a hash tag, as in the prefix `{shop}:1`. Looks are scripts, so that the primary answers them; with `reads: "any"`
 * most are `MGET`, which a client may send to a replica.
 *
 * @example
 * const cache = new Cache({ store: createRedisStore(new Redis(url)) }); // ioredis
 */
export function createRedisStore(client: RedisClient): Store {
  // Not in the signature, so that the compiler refuses a second argument too.
  const [, options] = arguments as unknown as readonly unknown[];
  if (options !== undefined)
    refuse(
      `createRedisStore: argument 2 is ${typeof options === "object" ? Object.keys(options ?? {}).join(", ") : describe(options)}: pass a client alone; a prefix is the cache's, as in new Cache({ store, prefix: "shop:1" })`,
    );
  const port = portOf(client);
  return scriptedStore({
    cluster: port.cluster,
    send: async (command, route) => {
      try {
        return await port.send(command, route);
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        return port.send(command, route);
      }
    },
  });
}

/** Recognises the client by its methods. */
function portOf(client: RedisClient): RedisPort {
  const found = (typeof client === "object" && client !== null ? client : {}) as Methods;
  if (isFunction(found.call) && isFunction(found.defineCommand)) {
    const ioredis = found as Ioredis;
    return {
      send: ([name = "", ...args]) => ioredis.call(name, ...args),
      cluster: ioredis.isCluster,
    };
  }
  if (isFunction(found.customCommand)) {
    const glide = found as Glide;
    return {
      send: (command) => glide.customCommand([...command]),
      cluster: isFunction(glide.fcallWithRoute),
    };
  }
  if (isFunction(found.sendCommand)) {
    if (found.masters === undefined)
      return { send: (command) => (found as NodeRedis).sendCommand([...command]) };
    const cluster = found as NodeRedisCluster;
    return {
      send: (command, { key, readOnly }) => cluster.sendCommand(key, readOnly, [...command]),
      cluster: true,
    };
  }
  if (isFunction(found.send)) {
    if (!isFunction(found.duplicate)) return found as unknown as RedisPort;
    const bun = found as unknown as BunRedis;
    return { send: ([name = "", ...args]) => bun.send(name, args) };
  }
  return refuse(
    `createRedisStore: got ${describe(client)}: pass a client of ioredis, node-redis or Valkey GLIDE, or { send }; Upstash has createUpstashStore`,
  );
}

type Methods = {
  readonly [Name in keyof (Ioredis & NodeRedisCluster & Glide & BunRedis)]?: unknown;
};

function isFunction(value: unknown): value is (...args: never) => unknown {
  return typeof value === "function";
}

/** Recognises a lost connection, which the first command after a freeze meets. Refusals and time limits are other errors. */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return /ECONNRESET|EPIPE|connection (?:error|reset)|\bclos(?:ed|ing)\b/i.test(
    `${String(code)} ${error.name} ${error.message}`,
  );
}

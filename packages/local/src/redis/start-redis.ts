import { connect } from "./client.ts";
import type { RedisEngine } from "./redis-engine.ts";
import { RedisDown } from "./reply.ts";
import { restartable } from "./restartable.ts";
import { redisServerVersion, startServer } from "./redis-server.ts";
import { replicated } from "./replicated.ts";

export type { RedisEngine } from "./redis-engine.ts";

export interface RedisOptions {
  /** Default: `server` when `redis-server` is on PATH, else `embedded`. */
  engine?: "server" | "embedded" | undefined;
  /** A running Redis (`redis://…`); nothing is started. */
  url?: string | undefined;
  /** Folder in which `redis-server` keeps data over restarts; the embedded engine keeps none. */
  dataDir?: string | undefined;
  /** Number of changes by which a replica for reads lags; default: no replica. */
  replicaLag?: number | undefined;
  /** Gets what a user should know, such as the end of `redis-server`. */
  log?: ((text: string) => void) | undefined;
}

/** Starts a Redis for this process alone, or connects to the one at `url`, and waits until it answers. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisEngine> {
  const { replicaLag, ...alone } = options;
  const primary = await startOne(alone);
  if (replicaLag === undefined) return primary;
  return replicated(primary, await startOne({ engine: alone.engine }), replicaLag);
}

async function startOne({ engine, url, dataDir, log }: RedisOptions): Promise<RedisEngine> {
  if (url !== undefined) return await connectTo(url);
  const version = engine === "embedded" ? undefined : await redisServerVersion();
  if (version !== undefined) return await startServer(version, dataDir, log);
  if (engine === "server") throw new Error(NO_SERVER);
  const { startEmbedded } = await import("./embedded/start-embedded.ts");
  return await startEmbedded();
}

const NO_SERVER =
  "redis-server is not on PATH: install it (Debian: apt-get install redis-server), " +
  "or use --redis embedded, or point REDIS_URL at a Redis that runs already";

async function connectTo(url: string): Promise<RedisEngine> {
  const { host } = new URL(url);
  try {
    const start = () => connect({ url }, () => false);
    return await restartable({ name: `Redis at ${host}`, engine: "url", start });
  } catch (error) {
    throw new RedisDown(`no Redis answers at ${host}: check REDIS_URL`, { cause: error });
  }
}

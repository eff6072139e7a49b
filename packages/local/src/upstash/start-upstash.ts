import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RedisEngine } from "../redis/redis-engine.ts";
import { createHandler } from "./handler.ts";
import { createRunner, type Intercept, type Stats } from "./runner.ts";

export type { Intercept, Stats } from "./runner.ts";
export { HttpError } from "./rest-error.ts";

/** Upstash's REST API over a Redis of this machine. */
export interface UpstashServer extends AsyncDisposable {
  url: string;
  token: string;
  /** Requests and commands since the start, as Upstash counts them. */
  stats: () => Stats;
  close: () => Promise<void>;
}

export interface UpstashOptions {
  redis: RedisEngine;
  token: string;
  /** Of 127.0.0.1; any free one by default. */
  port?: number | undefined;
  /** Wraps Redis for every request, to plant faults. */
  intercept?: Intercept | undefined;
}

/** Long enough that a client that returns every minute finds its connection open. */
const KEEP_ALIVE_MS = 65_000;

/** Starts the endpoint; the caller closes `redis`. */
export async function startUpstash(options: UpstashOptions): Promise<UpstashServer> {
  const { redis, token, port = 0, intercept } = options;
  const runner = createRunner(redis, intercept);
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    createHandler(runner, redis, token),
  );
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  let closed: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    closed ??= once(server.close(), "close");
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    stats: runner.stats,
    close,
    [Symbol.asyncDispose]: close,
  };
}

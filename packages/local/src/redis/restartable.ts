import type { Client } from "./client.ts";
import type { RedisEngine } from "./redis-engine.ts";
import { RedisDown } from "./reply.ts";

interface Restartable extends Pick<RedisEngine, "name" | "engine"> {
  /** Starts Redis and connects to it; the client's `close` stops it. */
  start: () => Promise<Client>;
  onClose?: () => Promise<void>;
}

/** An engine over a server that can be started repeatedly; it has started when this resolves. */
export async function restartable({
  name,
  engine,
  start,
  onClose,
}: Restartable): Promise<RedisEngine> {
  let client: Client | undefined = await start();
  const up = (): Client => {
    if (client === undefined) throw new RedisDown("Redis is stopped");
    return client;
  };
  const stop = async (): Promise<void> => {
    const stopped = client;
    client = undefined;
    await stopped?.close();
  };
  const close = async (): Promise<void> => {
    await stop();
    await onClose?.();
  };
  return {
    name,
    engine,
    call: async (command) => up().call(command),
    multi: async (commands) => up().multi(commands),
    subscribe: async (subscriber) => up().subscribe(subscriber),
    stop,
    async start() {
      client ??= await start();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

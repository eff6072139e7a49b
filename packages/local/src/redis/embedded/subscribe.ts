import type { Subscriber } from "../redis-engine.ts";
import { toBuffer, toBytes } from "./bytes.ts";
import type { Keyspace } from "./redis-keyspace.ts";

/** Subscribes over a connection of its own; returns what ends it. */
export async function subscribe(keyspace: Keyspace, subscriber: Subscriber): Promise<() => void> {
  const { kind, onMessage } = subscriber;
  const channels = subscriber.channels.map(toBytes);
  const connection = keyspace.connect();
  connection.on("message", (channel: string, payload: string) =>
    onMessage({ channel: toBuffer(channel), payload: toBuffer(payload), pattern: undefined }),
  );
  connection.on("pmessage", (pattern: string, channel: string, payload: string) =>
    onMessage({
      channel: toBuffer(channel),
      payload: toBuffer(payload),
      pattern: toBuffer(pattern),
    }),
  );
  await connection[kind](...channels);
  return () => {
    // disconnect() alone leaves ioredis-mock's listeners behind, and PUBLISH goes on counting them.
    void connection[kind === "subscribe" ? "unsubscribe" : "punsubscribe"](...channels);
    connection.disconnect();
  };
}

import { Redis } from "ioredis";
import { type Place, timeoutMsOf } from "./rival.ts";

/**
 * Client of every subject that uses ioredis, ours too. A command fails soon instead of being queued, as a service with
 * waiting users needs.
 */
export async function connectRedis(place: Place): Promise<Redis> {
  const client = new Redis(place.redisPort, "127.0.0.1", {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: timeoutMsOf(place),
    commandTimeout: timeoutMsOf(place),
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

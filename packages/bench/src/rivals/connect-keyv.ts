import KeyvRedis, { createClient } from "@keyv/redis";
import { Keyv } from "keyv";
import { type Place, timeoutMsOf } from "./rival.ts";

/** Keyv over node-redis, with the settings that its documents give against calls that hang. */
export async function connectKeyv(place: Place): Promise<Keyv> {
  const client = createClient({
    url: `redis://127.0.0.1:${place.redisPort}`,
    disableOfflineQueue: true,
    socket: { connectTimeout: timeoutMsOf(place), reconnectStrategy: 100 },
    commandOptions: { timeout: timeoutMsOf(place) },
  });
  client.on("error", () => undefined);
  await client.connect();
  const store = new KeyvRedis(client, { throwOnConnectError: false, throwOnErrors: false });
  const keyv = new Keyv({ store });
  keyv.on("error", () => undefined);
  return keyv;
}

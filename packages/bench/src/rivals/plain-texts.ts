import { Redis as Upstash } from "@upstash/redis";
import { connectRedis } from "./connect-redis.ts";
import { type Place, timeoutMsOf } from "./rival.ts";

/** Texts under keys, for libraries that leave their storage to the user. */
export interface Texts {
  get(key: string): Promise<string | null>;
  set(key: string, text: string, seconds: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  close(): void;
}

/** Over Upstash's SDK: texts as they are, one request a command, one try within the time limit. */
export async function textsInUpstash(place: Place): Promise<Texts> {
  const client = new Upstash({
    ...place.upstash,
    automaticDeserialization: false,
    responseEncoding: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(timeoutMsOf(place)),
  });
  return {
    get: (key) => client.get<string>(key),
    set: (key, text, seconds) => client.set(key, text, { ex: seconds }),
    delete: (key) => client.del(key),
    close: () => undefined,
  };
}

export async function textsInRedis(place: Place): Promise<Texts> {
  const client = await connectRedis(place);
  return {
    get: (key) => client.get(key),
    set: (key, text, seconds) => client.set(key, text, "EX", seconds),
    delete: (key) => client.del(key),
    close: () => client.disconnect(),
  };
}

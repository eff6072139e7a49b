import type { Redis } from "@upstash/redis";
import { once } from "./once.ts";

export interface RedisAddress {
  url: string;
  token: string;
}

/**
 * Makes a function that opens, on its first call, a client for data outside the cache and loads the SDK for it. The
 * client returns texts as Redis has them, and sends each command once.
 */
export function openRedis({ url, token }: RedisAddress, timeoutMs: number): () => Promise<Redis> {
  return once(async () => {
    const { Redis: Client } = await import("@upstash/redis");
    return new Client({
      url,
      token,
      automaticDeserialization: false,
      responseEncoding: false,
      enableAutoPipelining: false,
      enableTelemetry: false,
      retry: { retries: 0 },
      signal: () => AbortSignal.timeout(timeoutMs),
    });
  });
}

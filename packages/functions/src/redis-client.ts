import type { Redis } from "@upstash/redis";

export interface RedisAddress {
  url: string;
  token: string;
}

/**
 * Opens a client for data outside the cache: it sends text unchanged, and each command once. The first client loads the
 * SDK.
 */
export function openRedis({ url, token }: RedisAddress, timeoutMs: number): () => Promise<Redis> {
  let client: Promise<Redis> | undefined;
  const open = async () => {
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
  };
  return () => (client ??= open());
}

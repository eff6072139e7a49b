import { Redis } from "@upstash/redis";
import { slices } from "../slices.ts";
import type { Store } from "../store.ts";
import { attempt } from "./upstash-error.ts";

export interface UpstashOptions {
  /** REST URL of the database: `https://….upstash.io`. */
  url: string;
  token: string;
  /** Longest time one try of a request may take. Default 1,000 ms. */
  timeoutMs?: number;
}

/** Most keys that one command removes: 5,000. */
const DELETED_AT_ONCE = 5_000;

/** Scripts, which a hit does not need. */
const writes = () => import("./upstash-writes.ts");

/**
 * A store in an Upstash Redis database, over HTTPS. Values are neither parsed nor base64-encoded on their way, every
 * request has a deadline, and one that fails on the network is repeated once, at once: a frozen function's first request
 * finds its connection closed. Errors never carry keys or values.
 */
export function createUpstashStore({ url, token, timeoutMs = 1_000 }: UpstashOptions): Store {
  const redis = new Redis({
    url,
    token,
    automaticDeserialization: false,
    responseEncoding: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    // What is tried again has to differ in places: the SDK would send it as it was.
    retry: { retries: 0 },
    // A function: a signal made once would turn a timed-out GET into null and a timed-out SET into a success.
    signal: () => AbortSignal.timeout(timeoutMs),
  });

  return {
    mget: (keys) =>
      attempt("mget", async () => {
        const values = await redis.mget<(string | null)[]>([...keys]);
        return values.map((value) => value || null);
      }),
    lease: async (batch) => (await writes()).lease(redis, batch),
    commit: async (requests) => (await writes()).commit(redis, requests),
    release: async (request) => (await writes()).release(redis, request),
    expire: async (request) => (await writes()).expire(redis, request),
    delete: async (keys) => {
      const counts = slices(keys, DELETED_AT_ONCE).map((some) =>
        attempt("delete", () => redis.del(...some)),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    scan: async ({ cursor, pattern, count }) => {
      const [next, keys] = await attempt("scan", () =>
        redis.scan(cursor, { match: pattern, count }),
      );
      return { cursor: next, keys };
    },
  };
}

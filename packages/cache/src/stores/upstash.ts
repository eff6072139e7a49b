import { Redis } from "@upstash/redis";
import { storedIdOf } from "../entry.ts";
import { CacheError } from "../errors.ts";
import type { CommitRequest, LeaseGrant, LeaseRequest, Outcome, Store } from "../store.ts";
import { COMMIT, LEASE, RELEASE, SOFT_BUMP } from "./scripts.ts";

export interface UpstashOptions {
  /** REST URL of the database: `https://….upstash.io`. */
  url: string;
  token: string;
  /** Longest time one request may take, retry included. Default 1,000 ms. */
  timeoutMs?: number;
}

/** Largest batch that travels as one request: 4 MiB of entries; a larger one is split so that none fails for its neighbours. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Most stamps written by one pipeline: 500. */
const BUMP_BATCH = 500;

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
    retry: { retries: 1, backoff: () => 0 },
    // A function: a signal made once would turn a timed-out GET into null and a timed-out SET into a success.
    signal: () => AbortSignal.timeout(timeoutMs),
  });

  return {
    mget: (keys) => attempt("mget", () => redis.mget<(string | null)[]>([...keys])),
    lease: (requests) => scripts("lease", requests, leaseArguments, toGrant, redis),
    commit: (requests) =>
      scripts("commit", requests, commitArguments, (reply) => reply === 1, redis),
    release: async ({ leaseKey, token: lease, backoffMs }) => {
      await attempt("release", () => redis.eval(RELEASE, [leaseKey], [lease, String(backoffMs)]));
    },
    bump: ({ stamps, ttlMs, soft }) =>
      soft ? softBump(redis, stamps, ttlMs) : hardBump(redis, stamps, ttlMs),
    delete: (keys) =>
      keys.length === 0 ? Promise.resolve(0) : attempt("delete", () => redis.del(...keys)),
    scan: async ({ cursor, pattern, count }) => {
      const [next, keys] = await attempt("scan", () =>
        redis.scan(cursor, { match: pattern, count }),
      );
      return { cursor: next, keys };
    },
  };
}

type Stamps = readonly { key: string; stamp: string }[];

async function hardBump(redis: Redis, stamps: Stamps, ttlMs: number): Promise<void> {
  for (let start = 0; start < stamps.length; start += BUMP_BATCH) {
    const batch = stamps.slice(start, start + BUMP_BATCH);
    const [only] = batch;
    await attempt("invalidate", async () => {
      if (batch.length === 1 && only) return redis.set(only.key, only.stamp, { px: ttlMs });
      const pipeline = redis.pipeline();
      for (const { key, stamp } of batch) pipeline.set(key, stamp, { px: ttlMs });
      return pipeline.exec();
    });
  }
}

async function softBump(redis: Redis, stamps: Stamps, ttlMs: number): Promise<void> {
  const keys = stamps.map(({ key }) => key);
  await attempt("expire", () =>
    redis.eval(SOFT_BUMP, keys, [String(ttlMs), ...stamps.map(({ stamp }) => stamp)]),
  );
}

interface ScriptCall {
  script: string;
  keys: string[];
  args: string[];
}

function leaseArguments(request: LeaseRequest): ScriptCall {
  return {
    script: LEASE,
    keys: [request.entryKey, request.leaseKey, ...request.stampKeys],
    args: [
      request.token,
      String(request.leaseMs),
      String(request.stampTtlMs),
      request.seenEntryId ?? "",
      ...request.freshStamps,
    ],
  };
}

function commitArguments(request: CommitRequest): ScriptCall {
  return {
    script: COMMIT,
    keys: [request.entryKey, request.leaseKey, ...request.stamps.map(({ key }) => key)],
    args: [
      request.token,
      request.entry,
      String(request.entryTtlMs),
      String(request.stampTtlMs),
      storedIdOf(request.entry),
      ...request.stamps.map(({ expected }) => expected ?? ""),
    ],
  };
}

function toGrant(reply: unknown): LeaseGrant {
  const [granted, entry, ...stamps] = reply as [number, string | null, ...string[]];
  return { granted: granted === 1, entry, stamps };
}

/** Runs one script for each request: a single one as it is, several in pipelines of bounded size. */
async function scripts<Request, Result>(
  operation: string,
  requests: readonly Request[],
  toCall: (request: Request) => ScriptCall,
  toResult: (reply: unknown) => Result,
  redis: Redis,
): Promise<Outcome<Result>[]> {
  const outcomes: Outcome<Result>[] = [];
  for (const batch of batches(requests.map(toCall))) {
    outcomes.push(...(await runBatch(operation, batch, toResult, redis)));
  }
  return outcomes;
}

async function runBatch<Result>(
  operation: string,
  calls: readonly ScriptCall[],
  toResult: (reply: unknown) => Result,
  redis: Redis,
): Promise<Outcome<Result>[]> {
  const [only] = calls;
  try {
    if (calls.length === 1 && only) {
      return [{ ok: true, value: toResult(await redis.eval(only.script, only.keys, only.args)) }];
    }
    const pipeline = redis.pipeline();
    for (const { script, keys, args } of calls) pipeline.eval(script, keys, args);
    const replies = await pipeline.exec({ keepErrors: true });
    return replies.map(({ result, error }) =>
      error === undefined
        ? { ok: true, value: toResult(result) }
        : { ok: false, error: storeError(operation, new Error(error)) },
    );
  } catch (error) {
    return calls.map(() => ({ ok: false, error: storeError(operation, error) }));
  }
}

function batches(calls: readonly ScriptCall[]): ScriptCall[][] {
  const result: ScriptCall[][] = [];
  let bytes = BATCH_BYTES;
  for (const call of calls) {
    const size = call.args.reduce((sum, text) => sum + text.length, 0);
    if (bytes + size > BATCH_BYTES) {
      result.push([]);
      bytes = 0;
    }
    result.at(-1)?.push(call);
    bytes += size;
  }
  return result;
}

async function attempt<T>(operation: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw storeError(operation, error);
  }
}

/** The SDK puts the whole command, values included, behind its message: only what stands before it is kept. */
function storeError(operation: string, error: unknown): CacheError {
  const message = error instanceof Error ? error.message : String(error);
  const [reason = ""] = message.split(/,? command was:/);
  return new CacheError("store_failed", `${operation}: ${reason.slice(0, 200)}`);
}

import type { Redis } from "@upstash/redis";
import { storedIdOf } from "../entry.ts";
import type {
  BumpRequest,
  CommitRequest,
  LeaseGrant,
  LeaseRequest,
  Outcome,
  ReleaseRequest,
} from "../store.ts";
import { COMMIT, LEASE, RELEASE, SOFT_BUMP } from "./scripts.ts";
import { attempt, storeError } from "./upstash-error.ts";

/** Largest batch that travels as one request: 4 MiB of entries; a larger one is split so that none fails for its neighbours. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Most stamps written by one pipeline: 500. */
const BUMP_BATCH = 500;

export function lease(
  redis: Redis,
  requests: readonly LeaseRequest[],
): Promise<Outcome<LeaseGrant>[]> {
  return scripts("lease", requests.map(leaseCall), toGrant, redis);
}

export function commit(
  redis: Redis,
  requests: readonly CommitRequest[],
): Promise<Outcome<boolean>[]> {
  return scripts("commit", requests.map(commitCall), (reply) => reply === 1, redis);
}

export async function release(redis: Redis, request: ReleaseRequest): Promise<void> {
  const { leaseKey, token, backoffMs } = request;
  await attempt("release", () => redis.eval(RELEASE, [leaseKey], [token, String(backoffMs)]));
}

export function bump(redis: Redis, request: BumpRequest): Promise<void> {
  return request.soft ? softBump(redis, request) : hardBump(redis, request);
}

async function hardBump(redis: Redis, { stamps, ttlMs }: BumpRequest): Promise<void> {
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

async function softBump(redis: Redis, { stamps, ttlMs }: BumpRequest): Promise<void> {
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

function leaseCall(request: LeaseRequest): ScriptCall {
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

function commitCall(request: CommitRequest): ScriptCall {
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
  return { granted: granted > 0, entry, stamps, seen: granted === 2 };
}

/** Runs one script for each request: a single one as it is, several in pipelines of bounded size. */
async function scripts<Result>(
  operation: string,
  calls: readonly ScriptCall[],
  toResult: (reply: unknown) => Result,
  redis: Redis,
): Promise<Outcome<Result>[]> {
  const outcomes: Outcome<Result>[] = [];
  for (const batch of batches(calls)) {
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

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
import { repeatedBump, repeatedLease } from "./repeat.ts";
import { COMMIT, LEASE, RELEASE, SOFT_BUMP } from "./scripts.ts";
import { attempt, storeError, twice } from "./upstash-error.ts";

/** Largest batch that travels as one request: 4 MiB of entries; a larger one is split so that none fails for its neighbours. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Most stamps written by one pipeline: 500. */
const BUMP_BATCH = 500;

export function lease(
  redis: Redis,
  requests: readonly LeaseRequest[],
): Promise<Outcome<LeaseGrant>[]> {
  return scripts("lease", requests, leaseCall, toGrant, redis);
}

export function commit(
  redis: Redis,
  requests: readonly CommitRequest[],
): Promise<Outcome<boolean>[]> {
  return scripts("commit", requests, commitCall, (reply) => reply === 1, redis);
}

export async function release(redis: Redis, request: ReleaseRequest): Promise<void> {
  const { leaseKey, token, backoffMs } = request;
  await attempt("release", () => redis.eval(RELEASE, [leaseKey], [token, String(backoffMs)]));
}

export function bump(redis: Redis, request: BumpRequest): Promise<void> {
  return request.soft ? softBump(redis, request) : hardBump(redis, request);
}

async function hardBump(redis: Redis, request: BumpRequest): Promise<void> {
  for (let start = 0; start < request.stamps.length; start += BUMP_BATCH) {
    const batch = { ...request, stamps: request.stamps.slice(start, start + BUMP_BATCH) };
    await attempt("invalidate", async (again) => {
      const { stamps, ttlMs } = again ? repeatedBump(batch) : batch;
      const [only] = stamps;
      if (stamps.length === 1 && only) return redis.set(only.key, only.stamp, { px: ttlMs });
      const pipeline = redis.pipeline();
      for (const { key, stamp } of stamps) pipeline.set(key, stamp, { px: ttlMs });
      return pipeline.exec();
    });
  }
}

async function softBump(redis: Redis, request: BumpRequest): Promise<void> {
  await attempt("expire", (again) => {
    const { stamps, ttlMs } = again ? repeatedBump(request) : request;
    const keys = stamps.map(({ key }) => key);
    return redis.eval(SOFT_BUMP, keys, [String(ttlMs), ...stamps.map(({ stamp }) => stamp)]);
  });
}

interface ScriptCall {
  script: string;
  keys: string[];
  args: string[];
}

function leaseCall(first: LeaseRequest, again: boolean): ScriptCall {
  const request = again ? repeatedLease(first) : first;
  return {
    script: LEASE,
    keys: [request.entryKey, request.leaseKey, ...request.stampKeys],
    args: [
      request.token,
      String(request.leaseMs),
      String(request.stampTtlMs),
      request.seenEntryId ?? "",
      request.formerToken ?? "",
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

function toGrant(reply: unknown, { args }: ScriptCall): LeaseGrant {
  const [granted, entry, ...stamps] = reply as [number, string | null, ...string[]];
  const [token = ""] = args;
  return { granted: granted > 0, token, entry, stamps, seen: granted === 2 };
}

/** Builds the call of a request, for its first try or again. */
type ToCall<Request> = (request: Request, again: boolean) => ScriptCall;

/**
 * Runs one script for each request: a single one as it is, several in pipelines of bounded size. These travel together:
 * leases end while a large one is on its way, and nobody should lose theirs to a neighbour.
 */
async function scripts<Request, Result>(
  operation: string,
  requests: readonly Request[],
  toCall: ToCall<Request>,
  toResult: (reply: unknown, call: ScriptCall) => Result,
  redis: Redis,
): Promise<Outcome<Result>[]> {
  const runBatch = async (batch: readonly Request[]): Promise<Outcome<Result>[]> => {
    try {
      const replies = await twice((again) =>
        run(
          redis,
          batch.map((request) => toCall(request, again)),
        ),
      );
      return replies.map(({ call, result, error }) =>
        error === undefined
          ? { ok: true, value: toResult(result, call) }
          : { ok: false, error: storeError(operation, new Error(error)) },
      );
    } catch (error) {
      return batch.map(() => ({ ok: false, error: storeError(operation, error) }));
    }
  };
  return (await Promise.all(batches(requests, toCall).map(runBatch))).flat();
}

interface ScriptReply {
  readonly call: ScriptCall;
  readonly result?: unknown;
  readonly error?: string | undefined;
}

async function run(redis: Redis, calls: readonly ScriptCall[]): Promise<ScriptReply[]> {
  const [only] = calls;
  if (calls.length === 1 && only)
    return [{ call: only, result: await redis.eval(only.script, only.keys, only.args) }];
  const pipeline = redis.pipeline();
  for (const { script, keys, args } of calls) pipeline.eval(script, keys, args);
  const replies = await pipeline.exec({ keepErrors: true });
  return replies.map((reply, index) => ({ ...reply, call: calls[index] as ScriptCall }));
}

function batches<Request>(requests: readonly Request[], toCall: ToCall<Request>): Request[][] {
  const result: Request[][] = [];
  let bytes = BATCH_BYTES;
  for (const request of requests) {
    const size = toCall(request, false).args.reduce(
      (sum, text) => sum + Buffer.byteLength(text),
      0,
    );
    if (bytes + size > BATCH_BYTES) {
      result.push([]);
      bytes = 0;
    }
    result.at(-1)?.push(request);
    bytes += size;
  }
  return result;
}

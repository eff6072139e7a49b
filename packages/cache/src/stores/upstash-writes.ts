import type { Redis } from "@upstash/redis";
import { slices } from "../slices.ts";
import type {
  CommitRequest,
  ExpireRequest,
  LeaseBatch,
  LeaseGrant,
  LeaseRequest,
  Outcome,
  ReleaseRequest,
  StampKey,
} from "../store.ts";
import { chunks } from "./chunks.ts";
import { repeatedLease } from "./repeat.ts";
import { COMMIT, EXPIRE, LEASE, RELEASE } from "./scripts.ts";
import { attempt } from "./upstash-error.ts";

export async function lease(redis: Redis, batch: LeaseBatch): Promise<Outcome<LeaseGrant>[]> {
  return inChunks(batch.requests, async (requests) => {
    const stamps = placed(requests);
    const run = (again: boolean) => {
      const asked = again ? repeatedLease(batch) : batch;
      return evaluate<LeaseReply>(redis, leaseCall({ ...asked, requests }, stamps));
    };
    const [token, values, answers] = await attempt("lease", run);
    return requests.map((request, index) => {
      const [granted = 0, entry = null] = answers[index] ?? [];
      const own = request.stamps.map(({ key }) => values[stamps.placeOf(key) - 1] ?? "");
      return { granted: granted > 0, token, entry, stamps: own, seen: granted === 2 };
    });
  });
}

export async function commit(
  redis: Redis,
  requests: readonly CommitRequest[],
): Promise<Outcome<boolean>[]> {
  return inChunks(requests, async (some) => {
    const call = commitCall(some);
    const verdicts = await attempt("commit", () => evaluate<number[]>(redis, call));
    return some.map((_, index) => verdicts[index] === 1);
  });
}

export async function release(redis: Redis, request: ReleaseRequest): Promise<void> {
  const { leaseKey, token, backoffMs } = request;
  await attempt("release", () => redis.eval(RELEASE, [leaseKey], [token, String(backoffMs)]));
}

export async function expire(redis: Redis, request: ExpireRequest): Promise<void> {
  const args = [request.random, String(request.nowMs)];
  for (const keys of slices(request.keys, EXPIRED_AT_ONCE))
    await attempt("expire", () => redis.eval(EXPIRE, [request.seqKey, ...keys], args));
}

/** Most stamps that one script expires: 1,000. */
const EXPIRED_AT_ONCE = 1_000;

interface ScriptCall {
  script: string;
  keys: string[];
  args: (string | number)[];
}

/** Token, stamps, and for each lease its verdict with the entry that was stored meanwhile. */
type LeaseReply = [token: string, stamps: string[], answers: [verdict: number, entry?: string][]];

function evaluate<Reply>(redis: Redis, { script, keys, args }: ScriptCall): Promise<Reply> {
  return redis.eval<string[], Reply>(script, keys, args.map(String));
}

function leaseCall(batch: LeaseBatch, stamps: PlacedStamps): ScriptCall {
  const { requests, seqKey, random, formerRandom, nowMs } = batch;
  const stampTtlMs = Math.max(...requests.map((request) => request.stampTtlMs));
  return {
    script: LEASE,
    keys: [
      seqKey,
      ...requests.map(({ leaseKey }) => leaseKey),
      ...requests.map(({ entryKey }) => entryKey),
      ...stamps.keys,
    ],
    args: [
      requests.length,
      stamps.permanent,
      random,
      formerRandom ?? "",
      nowMs,
      stampTtlMs,
      ...requests.flatMap(({ leaseMs, seenEntryId }) => [leaseMs, seenEntryId ?? ""]),
    ],
  };
}

function commitCall(requests: readonly CommitRequest[]): ScriptCall {
  const stamps = placed(requests);
  return {
    script: COMMIT,
    keys: [
      ...requests.map(({ leaseKey }) => leaseKey),
      ...requests.map(({ entryKey }) => entryKey),
      ...stamps.keys,
    ],
    args: [
      requests.length,
      stamps.permanent,
      ...requests.flatMap(({ token, entry, entryTtlMs, stampTtlMs, stamps: own }) => [
        token,
        entry,
        entryTtlMs,
        stampTtlMs,
        own.length,
        ...own.flatMap(({ key, expected }) => [stamps.placeOf(key), expected ?? ""]),
      ]),
    ],
  };
}

interface PlacedStamps {
  /** Each stamp's name once, permanent ones first. */
  readonly keys: readonly string[];
  /** How many of them are permanent. */
  readonly permanent: number;
  /** Place of a name, counted from 1 as Lua does. */
  readonly placeOf: (key: string) => number;
}

function placed(requests: readonly { readonly stamps: readonly StampKey[] }[]): PlacedStamps {
  const all = requests.flatMap(({ stamps }) => stamps);
  const named = (permanent: boolean) =>
    all.filter((stamp) => stamp.permanent === permanent).map(({ key }) => key);
  const lasting = new Set(named(true));
  const keys = [...new Set([...lasting, ...named(false)])];
  const places = new Map(keys.map((key, index) => [key, index + 1]));
  return { keys, permanent: lasting.size, placeOf: (key) => places.get(key) ?? 0 };
}

/** Runs one script a chunk, all chunks at once; a chunk that fails fails each of its elements and no other. */
async function inChunks<Request extends LeaseRequest | CommitRequest, Result>(
  requests: readonly Request[],
  run: (chunk: readonly Request[]) => Promise<Result[]>,
): Promise<Outcome<Result>[]> {
  const running = chunks(requests).map(async (chunk): Promise<Outcome<Result>[]> => {
    try {
      return (await run(chunk)).map((value) => ({ ok: true, value }));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      return chunk.map(() => ({ ok: false, error: failure }));
    }
  });
  return (await Promise.all(running)).flat();
}

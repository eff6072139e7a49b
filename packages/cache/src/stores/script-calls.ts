import type {
  CommitRequest,
  ExpireRequest,
  LeaseBatch,
  LeaseGrant,
  ReleaseRequest,
  StampKey,
  Store,
} from "../store.ts";
import { numberIn, textsIn, unreadable } from "./replies.ts";
import { COMMIT, EXPIRE, LEASE, RELEASE, SCAN } from "./scripts.ts";

/** One run of a script, and how its reply is read. */
export interface ScriptCall<Result> {
  readonly script: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly read: (reply: unknown) => Result;
}

/** One outcome a request, undefined where its part of the reply is damaged. */
export function leaseCall(batch: LeaseBatch): ScriptCall<(LeaseGrant | undefined)[]> {
  const { requests, seqKey, random, nowMs } = batch;
  const stamps = placed(requests);
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
      String(requests.length),
      String(stamps.permanent),
      random,
      String(nowMs),
      String(stampTtlMs),
      ...requests.flatMap(({ leaseMs, seenEntryId }) => [String(leaseMs), seenEntryId ?? ""]),
    ],
    read: (reply) => {
      const [token, values, answers] = listIn("lease", reply, 3);
      const made = textsIn("lease", values, stamps.keys.length);
      if (typeof token !== "string" || made.includes(null)) throw unreadable("lease");
      const verdicts = listIn("lease", answers, requests.length);
      return requests.map((request, index) => {
        const own = request.stamps.map(({ key }) => made[stamps.placeOf(key) - 1] ?? "");
        return grantIn(verdicts[index], token, own);
      });
    },
  };
}

function grantIn(answer: unknown, token: string, stamps: string[]): LeaseGrant | undefined {
  const [verdict, entry = null] = Array.isArray(answer) ? (answer as unknown[]) : [];
  if (typeof verdict !== "number" || !(entry === null || typeof entry === "string"))
    return undefined;
  return { granted: verdict > 0, token, entry, stamps, seen: verdict === 2 };
}

export function commitCall(
  requests: readonly CommitRequest[],
): ScriptCall<(boolean | undefined)[]> {
  const stamps = placed(requests);
  return {
    script: COMMIT,
    keys: [
      ...requests.map(({ leaseKey }) => leaseKey),
      ...requests.map(({ entryKey }) => entryKey),
      ...stamps.keys,
    ],
    args: [
      String(requests.length),
      String(stamps.permanent),
      ...requests.flatMap(({ token, entry, entryTtlMs, stampTtlMs, stamps: own }) => [
        token,
        entry,
        String(entryTtlMs),
        String(stampTtlMs),
        String(own.length),
        ...own.flatMap(({ key, expected }) => [String(stamps.placeOf(key)), expected ?? ""]),
      ]),
    ],
    read: (reply) =>
      listIn("commit", reply, requests.length).map((verdict) =>
        typeof verdict === "number" ? verdict === 1 : undefined,
      ),
  };
}

export function releaseCall({ leaseKey, token, backoffMs }: ReleaseRequest): ScriptCall<void> {
  return {
    script: RELEASE,
    keys: [leaseKey],
    args: [token, String(backoffMs)],
    read: (reply) => void numberIn("release", reply),
  };
}

export function expireCall({ seqKey, random, nowMs, keys }: ExpireRequest): ScriptCall<void> {
  return {
    script: EXPIRE,
    keys: [seqKey, ...keys],
    args: [random, String(nowMs)],
    read: (reply) => void numberIn("expire", reply),
  };
}

type Step = Awaited<ReturnType<Store["scan"]>>;

/** The glob itself leads to the node: what stands in braces is the same in it as in the names that it finds. */
export function scanCall({
  cursor,
  pattern,
  count,
}: Parameters<Store["scan"]>[0]): ScriptCall<Step> {
  return {
    script: SCAN,
    keys: [pattern],
    args: [cursor, pattern, String(count)],
    read: (reply) => {
      const [next, keys] = listIn("scan", reply, 2);
      if (typeof next !== "string" && typeof next !== "number") throw unreadable("scan");
      if (!Array.isArray(keys)) throw unreadable("scan");
      return { cursor: String(next), keys: keys.map(String) };
    },
  };
}

function listIn(operation: string, reply: unknown, length: number): unknown[] {
  if (!Array.isArray(reply) || reply.length !== length) throw unreadable(operation);
  return reply;
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

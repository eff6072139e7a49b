import type {
  BeatRequest,
  BeatResult,
  BeginRequest,
  BeginResult,
  CommitBatch,
  CommitRequest,
  CommitResult,
  EndRequest,
  ExpireRequest,
  LeaseBatch,
  LeaseGrant,
  ReleaseRequest,
  StampRule,
  StampsRequest,
  Store,
  WalkRequest,
} from "../store.ts";
import { placed } from "./placed-stamps.ts";
import { textsIn, unreadable } from "./replies.ts";
import { BEAT } from "./beat-script.ts";
import { BEGIN, COMMIT, END, EXPIRE, LEASE, RELEASE, WALK } from "./scripts.ts";

/** One run of a script, and how its reply is read. */
export interface ScriptCall<Result> {
  readonly script: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** First line of the script, if the store has no `scriptHeader`. */
  readonly header?: string;
  /**
   * True for a script that uses more than its KEYS, such as other names or `INFO`: it must not be sent with a flag that
   * locks only its KEYS.
   */
  readonly isUnlocked?: boolean;
  readonly read: (reply: unknown) => Result;
}

/** Placeholder for the id of the entry seen, if the lease is taken from any holder. */
const FORCE = "!";

/** One outcome for each request; undefined where its part of the reply is damaged. */
export function leaseCall(batch: LeaseBatch): ScriptCall<(LeaseGrant | undefined)[]> {
  const { requests, seqKey, random } = batch;
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
      String(stampTtlMs),
      ...requests.flatMap(({ leaseMs, seenEntryId, force }) => [
        String(leaseMs),
        force ? FORCE : (seenEntryId ?? ""),
      ]),
    ],
    read: (reply) => {
      const [token, atMs, values, answers] = listIn("lease", reply, 4);
      const made = textsIn("lease", values, stamps.keys.length);
      if (typeof token !== "string" || made.includes(null)) throw unreadable("lease");
      const verdicts = listIn("lease", answers, requests.length);
      return requests.map((request, index) => {
        const own = request.stamps.map(({ key }) => made[stamps.placeOf(key) - 1] ?? "");
        return grantIn(verdicts[index], { token, atMs: Number(atMs), stamps: own });
      });
    },
  };
}

/** The script of leases, without leases: it creates the missing stamps. */
export function stampsCall(request: StampsRequest): ScriptCall<string[]> {
  const { seqKey, keys, random, stampTtlMs } = request;
  return {
    script: LEASE,
    keys: [seqKey, ...keys],
    args: ["0", "0", random, String(stampTtlMs)],
    read: (reply) => {
      const [, , values] = listIn("stamps", reply, 4);
      return textsIn("stamps", values, keys.length).map((stamp) => {
        if (stamp === null) throw unreadable("stamps");
        return stamp;
      });
    },
  };
}

function grantIn(
  answer: unknown,
  common: Pick<LeaseGrant, "token" | "atMs" | "stamps">,
): LeaseGrant | undefined {
  const [verdict, entry = null] = Array.isArray(answer) ? (answer as unknown[]) : [];
  if (typeof verdict !== "number" || !(entry === null || typeof entry === "string"))
    return undefined;
  return { ...common, granted: verdict > 0, entry, seen: verdict === 2 };
}

/** One outcome for each request; undefined where its part of the reply is damaged. */
export function commitCall(batch: CommitBatch): ScriptCall<(CommitResult | undefined)[]> {
  const { requests, seqKey, random } = batch;
  const stamps = placed(requests);
  const holds = [...new Set(requests.flatMap((request) => request.stamps.flatMap(holdOf)))];
  const budgets = new Set(requests.flatMap(({ budget }) => (budget ? [budget.key] : [])));
  const keys = [
    seqKey,
    ...requests.map(({ leaseKey }) => leaseKey),
    ...requests.map(({ entryKey }) => entryKey),
    ...stamps.keys,
    ...holds,
    ...budgets,
  ];
  return {
    script: COMMIT,
    keys,
    args: [
      String(requests.length),
      String(stamps.keys.length),
      String(stamps.permanent),
      random,
      ...requests.flatMap((request) => [
        request.token,
        request.id,
        request.rest,
        request.bodyOfId ?? "",
        String(request.entryTtlMs),
        String(request.stampTtlMs),
        String(request.budget ? keys.lastIndexOf(request.budget.key) + 1 : 0),
        String(request.budget?.bytesPerMinute ?? 0),
        String(request.stamps.length),
        ...request.stamps.flatMap(({ key, hold, rule, stamp }) => [
          String(stamps.placeOf(key)),
          String(hold === null ? 0 : holds.indexOf(hold) + 1),
          SIGNS[rule] + stamp,
        ]),
      ]),
    ],
    read: (reply) =>
      listIn("commit", reply, requests.length).map((answer, index) =>
        resultIn(answer, requests[index] as CommitRequest),
      ),
  };
}

const SIGNS = { equal: "=", tolerate: "~", note: "^", adopt: "?", compare: "!" } as const;
const STATES = ["refused", "stored", "unfenced", "over-budget", "outdated"] as const;

function holdOf({ hold }: StampRule): string[] {
  return hold === null ? [] : [hold];
}

/** The script returns the line of stamps when the request does not determine the recorded ones. */
function resultIn(answer: unknown, { stamps }: CommitRequest): CommitResult | undefined {
  const [verdict, line] = Array.isArray(answer) ? (answer as unknown[]) : [];
  const state = STATES[verdict as number];
  if (state === undefined || typeof line !== "string") return undefined;
  if (line !== "") return { state, stamps: line.split(" ") };
  const recorded = stamps.filter(({ rule }) => rule !== "compare").map(({ stamp }) => stamp);
  return { state, stamps: recorded };
}

export function beginCall(request: BeginRequest): ScriptCall<BeginResult> {
  const { seqKey, stampKeys, holdKeys, entry } = request;
  const stamps = placed(entry ? [entry] : []);
  return {
    script: BEGIN,
    keys: [
      seqKey,
      ...stampKeys,
      ...holdKeys,
      ...(entry ? [entry.leaseKey, entry.entryKey, ...stamps.keys] : []),
    ],
    args: [
      request.id,
      String(stampKeys.length),
      String(request.holdMs),
      request.random,
      ...(entry
        ? ["1", String(entry.leaseMs), String(entry.stampTtlMs), String(stamps.permanent)]
        : ["0"]),
    ],
    read: (reply) => {
      const [token, values] = listIn("begin", reply, 2);
      const made = textsIn("begin", values, stamps.keys.length);
      if (typeof token !== "string" || made.includes(null)) throw unreadable("begin");
      const own = entry?.stamps.map(({ key }) => made[stamps.placeOf(key) - 1] ?? "") ?? [];
      return { token, stamps: own };
    },
  };
}

export function endCall(request: EndRequest): ScriptCall<{ stored: boolean }> {
  const { seqKey, stampKeys, holdKeys, target, entry } = request;
  const stamps = placed(entry ? [entry] : []);
  const stampOf = new Map(entry?.stamps.map(({ key, stamp }) => [key, stamp]));
  return {
    script: END,
    keys: [
      seqKey,
      ...stampKeys,
      ...holdKeys,
      ...(target ? [target.leaseKey, target.entryKey] : []),
      ...(entry ? [...stamps.keys, ...entry.compare.map(({ key }) => key), ...entry.holds] : []),
    ],
    args: [
      request.id,
      String(stampKeys.length),
      request.random,
      ...(entry
        ? [
            "1",
            entry.token,
            entry.id,
            entry.rest,
            String(entry.entryTtlMs),
            String(entry.stampTtlMs),
            String(stamps.permanent),
            String(stamps.keys.length),
            ...stamps.keys.map((key) => stampOf.get(key) ?? ""),
            ...entry.compare.map(({ stamp }) => stamp),
          ]
        : ["0"]),
    ],
    read: (reply) => ({ stored: numberIn("end", reply) === 1 }),
  };
}

export function beatCall(request: BeatRequest): ScriptCall<BeatResult> {
  const { closedKey, stampKey, expected, closedMs, random } = request;
  const states = ["cleared", "advanced", "late"] as const;
  return {
    script: BEAT,
    isUnlocked: true,
    keys: [closedKey, stampKey],
    args: [expected ?? "", String(closedMs), random],
    read: (reply) => {
      const [verdict, value] = listIn("beat", reply, 2);
      const state = states[verdict as number];
      if (state === undefined || typeof value !== "string") throw unreadable("beat");
      return { state, value };
    },
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

export function expireCall({ seqKey, random, keys }: ExpireRequest): ScriptCall<void> {
  return {
    script: EXPIRE,
    keys: [seqKey, ...keys],
    args: [random],
    read: (reply) => void numberIn("expire", reply),
  };
}

type Step = Awaited<ReturnType<Store["walk"]>>;

/** Without names to remove, the glob itself is the key that selects a cluster's node: it contains the prefix's hash tag. */
export function walkCall({ cursor, pattern, count, remove }: WalkRequest): ScriptCall<Step> {
  const removes = remove.length > 0;
  return {
    script: WALK,
    isUnlocked: true,
    keys: removes ? remove : [pattern],
    args: [cursor, pattern, String(count), removes ? "1" : "0"],
    read: (reply) => {
      const [next, keys] = listIn("walk", reply, 2);
      if (typeof next !== "string" && typeof next !== "number") throw unreadable("walk");
      if (!Array.isArray(keys)) throw unreadable("walk");
      return { cursor: String(next), keys: keys.map(String) };
    },
  };
}

export function listIn(operation: string, reply: unknown, length: number): unknown[] {
  if (!Array.isArray(reply) || reply.length !== length) throw unreadable(operation);
  return reply;
}

export function numberIn(operation: string, reply: unknown): number {
  if (typeof reply !== "number") throw unreadable(operation);
  return reply;
}

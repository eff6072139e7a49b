import { CacheError } from "@algoitny/cache";
import type {
  CommitBatch,
  CommitRequest,
  CommitResult,
  LeaseGrant,
  Outcome,
  Store,
} from "@algoitny/cache/store";
import type { TestStore } from "@algoitny/cache/testing";
import { lifetime } from "../../packages/cache/src/protocol/lifetime.ts";
import { PROTOCOL } from "../../packages/cache/src/protocol/policy.ts";

import { putText } from "../support/put-text.ts";
import type { Mutation } from "./cache-instance.ts";
import type { Focus } from "./menu.ts";
import { DERIVING_MISTAKES } from "./deriving-mistakes.ts";
import { HEAT_MISTAKES } from "./heat-mistakes.ts";
import { JUDGING_MISTAKES } from "./judging-mistakes.ts";
import { RECORDING_MISTAKES } from "./recording-mistakes.ts";
import { isLease, isStamp, PREFIX } from "./model-names.ts";

const { judge } = PROTOCOL;

/** Scenarios in which copies of requests arrive late. */
const COPIES: Focus = {
  resources: ["plain"],
  verbs: ["change and read", "read"],
  loadTrouble: 0,
  storeTrouble: 0.2,
};

/** Scenarios in which one process acts between any two steps of a read. */
const ONE_BUSY_PROCESS: Focus = { instances: 1, switching: 0.8, hurrying: 0, storeTrouble: 0 };

/** Each breaks one rule of the protocol; the model has to find every one of them. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  ...JUDGING_MISTAKES,
  "joined reads accept any result of the load": {
    policy: { ...PROTOCOL, mayShare: () => true },
  },
  "an invalidation that failed is forgotten": {
    policy: { ...PROTOCOL, isAffected: () => false },
  },
  "there is no settling window": {
    policy: {
      ...PROTOCOL,
      lifetime: (resource, about) => lifetime(resource, { ...about, settlingMs: 0 }),
    },
  },
  "stamps are created after the load": { store: stampsAfterLoad },
  "a commit does not need the lease": {
    store: (store) => ({ ...store, commit: (batch) => commitAnyhow(store, batch) }),
  },
  "a commit does not compare stamps": {
    focus: { ...ONE_BUSY_PROCESS, resources: ["plain"], verbs: ["read", "change"], loadTrouble: 0 },
    store: (store) => ({
      ...store,
      commit: (batch) =>
        store.commit({
          ...batch,
          requests: batch.requests.map((request) => ({
            ...request,
            stamps: request.stamps.map((stamp) => ({
              ...stamp,
              rule: stamp.rule === "compare" ? ("compare" as const) : ("tolerate" as const),
            })),
          })),
        }),
    }),
  },
  "a release does not need the lease": {
    store: (store) => ({
      ...store,
      release: async ({ leaseKey }) => {
        await store.delete([leaseKey]);
      },
    }),
  },
  "a lease is granted to every reader": {
    store: (store) => ({
      ...store,
      lease: async (batch) => {
        await store.delete(batch.requests.map(({ leaseKey }) => leaseKey));
        return store.lease(batch);
      },
    }),
  },
  "a deletion leaves the lease": {
    focus: { resources: ["plain"], verbs: ["read", "delete"], loadTrouble: 0, storeTrouble: 0 },
    store: (store) => ({
      ...store,
      delete: (keys) => store.delete(keys.filter((key) => !isLease(key))),
    }),
  },
  "a deleted entry may still be a fallback": {
    focus: {
      ...ONE_BUSY_PROCESS,
      resources: ["fallback"],
      verbs: ["read", "delete"],
      loadTrouble: 0.4,
      warmMs: 15_000,
    },
    store: (store) => ({
      ...store,
      lease: async (batch) =>
        (await store.lease(batch)).map((outcome) =>
          outcome.ok ? { ok: true, value: { ...outcome.value, seen: true } } : outcome,
        ),
    }),
  },
  "a read of the primary comes from the replica": {
    focus: { resources: ["plain"], verbs: ["read", "change"], lagMs: 2_000, asksPrimary: true },
    store: (store) => ({ ...store, mget: (names) => store.mget(names, "any") }),
  },
  "a pattern does not refuse loads in progress": {
    focus: { resources: ["plain"], verbs: ["read", "walk"], loadTrouble: 0, storeTrouble: 0 },
    store: (store) => ({
      ...store,
      delete: (keys) => store.delete(keys.filter((key) => key !== `${PREFIX}:tag:@fills`)),
    }),
  },
  "stamps are made by the client, and a copy of a lease restores them": {
    focus: COPIES,
    store: clientStamps,
  },
  "a copy of a lease makes the same token again": {
    focus: { ...COPIES, verbs: ["read", "delete"], storeTrouble: 0.4 },
    store: clientTokens,
  },
  "stamps are compared by the request that made them": {
    focus: COPIES,
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) => {
        const header = { ...entry.header, stamps: entry.header.stamps.map(requestOf) };
        const now = stamps.map((stamp) => stamp && requestOf(stamp));
        return judge({ ...entry, header }, now, about);
      },
    },
  },
  "an invalidation needs memory": {
    client: (store, world) => ({
      ...store,
      delete: (keys) =>
        world.storeIsFull
          ? Promise.reject(new CacheError("store_failed", "connection refused"))
          : store.delete(keys),
    }),
  },
  ...RECORDING_MISTAKES,
  ...DERIVING_MISTAKES,
  ...HEAT_MISTAKES,
  "an entry kept in the process is not validated": { client: rememberedStamps },
};

/** Reads the stamps of an entry when it is stored, instead of those from before its load. */
function stampsAfterLoad(store: Store): Store {
  return {
    ...store,
    commit: async (batch) => {
      const late = batch.requests.map(async (request): Promise<CommitRequest> => {
        const stamps = await stampsNow(store, request);
        const rules = request.stamps.map((rule, index) => ({
          ...rule,
          stamp: stamps[index] ?? "",
        }));
        return { ...request, stamps: rules };
      });
      return store.commit({ ...batch, requests: await Promise.all(late) });
    },
  };
}

/** Sequence key and random text of requests that only a mutation sends. */
const UNIQUE = { seqKey: `${PREFIX}:seq`, random: "mutation" };
const FREE = { leaseMs: 1_000, seenEntryId: null, force: false, stamps: [], stampTtlMs: 1 };

/** The current stamps; missing ones are created. */
async function stampsNow(store: Store, { stamps, stampTtlMs }: CommitRequest): Promise<string[]> {
  const place = { entryKey: "none", leaseKey: "none:lease" };
  const requests = [{ ...FREE, ...place, stamps, stampTtlMs }];
  const [outcome] = await store.lease({ ...UNIQUE, requests });
  await store.delete([place.leaseKey]);
  return outcome?.ok ? outcome.value.stamps : [];
}

/** Takes the lease from its holder, so that the commit finds its own token. */
async function commitAnyhow(store: Store, batch: CommitBatch) {
  const outcomes = batch.requests.map(async (request) => {
    const { leaseKey } = request;
    const alone = { ...FREE, force: true, entryKey: `${leaseKey}:none`, leaseKey };
    const [lease] = await store.lease({ ...UNIQUE, requests: [alone] });
    const token = lease?.ok ? lease.value.token : "";
    const [outcome] = await store.commit({ ...batch, requests: [{ ...request, token }] });
    return outcome as Outcome<CommitResult>;
  });
  return Promise.all(outcomes);
}

/** A missing stamp becomes the text in the request. */
function clientStamps(store: Store, raw: TestStore): Store {
  return {
    ...store,
    lease: async (batch) => {
      const all = batch.requests.flatMap(({ stamps, stampTtlMs }) =>
        stamps.map(({ key }) => ({ key, stampTtlMs })),
      );
      const values = await store.mget(all.map(({ key }) => key));
      const own = `${batch.random}.0`;
      for (const [index, { key, stampTtlMs }] of all.entries())
        if (values[index] === null) await putText(raw, key, own, stampTtlMs);
      return store.lease(batch);
    },
  };
}

/** A lease is held by the text in the request. */
function clientTokens(store: Store, raw: TestStore): Store {
  return {
    ...store,
    lease: async (batch) => {
      const outcomes = await store.lease(batch);
      const own = batch.requests.map(async ({ leaseKey, leaseMs }, index) => {
        const outcome = outcomes[index] as Outcome<LeaseGrant>;
        if (!outcome.ok || !outcome.value.granted) return outcome;
        await putText(raw, leaseKey, batch.random, leaseMs);
        return { ok: true as const, value: { ...outcome.value, token: batch.random } };
      });
      return Promise.all(own);
    },
  };
}

/** The part of a stamp that identifies the request, without the sequence number and the store's time. */
function requestOf(stamp: string): string {
  return stamp.replaceAll(/\d+\.([^.~]*)\.\d+/g, "$1");
}

/** A look at stamps only is answered within the process, with the last stamps that it has seen. */
function rememberedStamps(store: Store): Store {
  const seen = new Map<string, string | null>();
  return {
    ...store,
    mget: async (keys) => {
      const known = keys.every((key) => isStamp(key) && seen.has(key));
      if (known) return keys.map((key) => seen.get(key) ?? null);
      const values = await store.mget(keys);
      for (const [index, key] of keys.entries()) seen.set(key, values[index] ?? null);
      return values;
    },
  };
}

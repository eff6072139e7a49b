import type { Store } from "@algoitny/cache";
import { PROTOCOL } from "../../packages/cache/src/policy.ts";
import type { CommitRequest, LeaseRequest } from "../../packages/cache/src/store.ts";
import type { Mutation } from "./cache-instance.ts";
import { isLease, isStamp } from "./model-names.ts";

const { judge, lifetime } = PROTOCOL;

/** Each breaks one rule of the protocol; the model has to find every one of them. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "stamps are not compared": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(
          entry,
          stamps.map((now, index) => now && (entry.header.stamps[index] ?? now)),
          about,
        ),
    },
  },
  "a missing stamp counts as unchanged": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(
          entry,
          stamps.map((now, index) => now ?? entry.header.stamps[index] ?? null),
          about,
        ),
    },
  },
  "entries of negative age are tolerated": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(entry, about.nowMs < entry.header.createdMs ? entry.header.stamps : stamps, about),
    },
  },
  "lifetimes are not looked at": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(entry, stamps, { ...about, nowMs: entry.header.createdMs }),
    },
  },
  "the fingerprint is not looked at": {
    policy: {
      ...PROTOCOL,
      judge: (entry, stamps, about) =>
        judge(entry, stamps, { ...about, fingerprint: entry.header.fingerprint }),
    },
  },
  "followers take whatever the leader got": {
    policy: { ...PROTOCOL, mayShare: () => true },
  },
  "an invalidation that failed is forgotten": {
    policy: { ...PROTOCOL, owes: () => false },
  },
  "there is no settling window": {
    policy: {
      ...PROTOCOL,
      lifetime: (resource, about) => lifetime(resource, { ...about, settlingMs: 0 }),
    },
  },
  "stamps are created after the load": { store: stampsAfterLoad },
  "a commit does not need the lease": {
    store: (store) => ({ ...store, commit: (requests) => commitAnyhow(store, requests) }),
  },
  "a commit does not compare stamps": {
    store: (store) => ({
      ...store,
      commit: (requests) =>
        store.commit(
          requests.map((request) => ({
            ...request,
            stamps: request.stamps.map(({ key }) => ({ key, expected: null })),
          })),
        ),
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
  "a lease is granted to everybody": {
    store: (store) => ({
      ...store,
      lease: async (requests) => {
        await store.delete(requests.map(({ leaseKey }) => leaseKey));
        return store.lease(requests);
      },
    }),
  },
  "a deletion leaves the lease": {
    store: (store) => ({
      ...store,
      delete: (keys) => store.delete(keys.filter((key) => !isLease(key))),
    }),
  },
  "what was deleted may still stand in": {
    focus: {
      resources: ["fallback"],
      verbs: ["read", "delete"],
      loadTrouble: 0.6,
      storeTrouble: 0,
    },
    store: (store) => ({
      ...store,
      lease: async (requests) =>
        (await store.lease(requests)).map((outcome) =>
          outcome.ok ? { ok: true, value: { ...outcome.value, seen: true } } : outcome,
        ),
    }),
  },
  "a pattern overlooks loads under way": {
    focus: { resources: ["plain"], verbs: ["read", "clear"], loadTrouble: 0, storeTrouble: 0 },
    store: (store) => ({
      ...store,
      scan: async (request) =>
        request.pattern.startsWith("m:lease:") ? { cursor: "0", keys: [] } : store.scan(request),
    }),
  },
  "a stamp is made from the event": {
    client: (store, world) => ({
      ...store,
      bump: (request) => {
        const { event } = world;
        const stamps = request.stamps.map(({ key }) => ({ key, stamp: `${event}.event${event}` }));
        return store.bump({ ...request, stamps });
      },
    }),
  },
  "a request tried again brings the same stamps": {
    focus: { resources: ["plain"], verbs: ["change and read"], loadTrouble: 0, storeTrouble: 0.2 },
    store: (store) => ({
      ...store,
      bump: (request) => {
        const stamps = request.stamps.map(({ key, stamp }) => ({
          key,
          stamp: stamp.replace("'", ""),
        }));
        return store.bump({ ...request, stamps });
      },
    }),
  },
  "what a process holds is not validated": { client: rememberedStamps },
};

/** Leases return stamps that are missing without creating them: the commit does, after the load. */
function stampsAfterLoad(store: Store): Store {
  const missing = async (keys: readonly string[]) => {
    const values = await store.mget(keys);
    return keys.filter((_, index) => values[index] === null);
  };
  return {
    ...store,
    lease: async (requests: readonly LeaseRequest[]) => {
      const created = await missing(requests.flatMap(({ stampKeys }) => stampKeys));
      const outcomes = await store.lease(requests);
      await store.delete(created);
      return outcomes;
    },
    commit: async (requests: readonly CommitRequest[]) => {
      for (const { stamps, stampTtlMs } of requests) {
        const absent = await missing(stamps.map(({ key }) => key));
        const created = stamps
          .filter(({ key }) => absent.includes(key))
          .map(({ key, expected }) => ({ key, stamp: expected ?? "" }));
        await store.bump({ stamps: created, ttlMs: stampTtlMs, soft: false });
      }
      return store.commit(requests);
    },
  };
}

/** Takes the lease away from whoever has it, so that the commit finds its own. */
async function commitAnyhow(store: Store, requests: readonly CommitRequest[]) {
  for (const { leaseKey, token } of requests) {
    await store.delete([leaseKey]);
    const nothing = { stampKeys: [], freshStamps: [], stampTtlMs: 1 };
    const alone = { ...nothing, seenEntryId: null, formerToken: null };
    await store.lease([{ ...alone, entryKey: `${leaseKey}:none`, leaseKey, token, leaseMs: 1 }]);
  }
  return store.commit(requests);
}

/** Asked for stamps alone, the process answers itself, with the last ones it has seen. */
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

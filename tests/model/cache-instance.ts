import { Cache } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { FAULTS, type Fault, overNetwork, type TestStore } from "@algoitny/cache/testing";
import { seededRandom } from "@algoitny/cache/testing/explore";
import type { Policy } from "../../packages/cache/src/protocol/policy.ts";
import { describeRequest } from "./describe.ts";
import type { Focus } from "./menu.ts";
import { keyOfName, PREFIX } from "./model-names.ts";
import { PROGRAMS, resourcesOf } from "./model-resources.ts";
import { readLagMs } from "./scenario.ts";
import type { DerivingMistake } from "./deriving-mistakes.ts";
import type { RecordingMistake } from "./recorded-loads.ts";
import type { Instance, World } from "./world.ts";

/** Breaks one rule of the protocol: in the cache's decisions, or in what the store does. */
export interface Mutation {
  /** Setting in which the rule matters, for a rule that matters rarely. */
  readonly focus?: Focus;
  readonly policy?: Policy;
  /** Wraps the store itself, where each request is one step. */
  readonly store?: (store: Store, raw: TestStore) => Store;
  /** A mistake in the loads of recorded views, or of entries that are derived from others. */
  readonly mistake?: RecordingMistake | DerivingMistake;
  /** Wraps an instance's connection to the store. */
  readonly client?: (store: Store, world: World) => Store;
}

/** Limits of the model's caches: times in ms, and the number of concurrent loads without the store. */
export const LIMITS = {
  storeMs: 200,
  waitMs: 2_000,
  settlingMs: 5_000,
  /** The cache's own limit for an announced write. */
  writeMs: 10_000,
  loadsWithoutStore: 2,
};

/** Unit of the delay of late requests, in ms: they arrive up to three units late. A step takes 1 ms. */
const LATE_MS = 10;

/** Operations that need memory in the store; a full store refuses them. */
const GROWING = new Set<keyof Store>([
  "lease",
  "stamps",
  "commit",
  "release",
  "expire",
  "begin",
  "end",
]);

export function startInstance(world: World, index: number, mutation: Mutation): Instance {
  const name = "ABC"[index] as string;
  const { scenario, scheduler } = world;
  const program = index % PROGRAMS;
  const random = seededRandom(scenario.seed * 31 + index);
  let tokens = 0;
  const instance: Instance = {
    name,
    program,
    offsetMs: 0,
    wasStopped: false,
    cache: new Cache(
      {
        store: connect(world, () => instance, mutation),
        prefix: PREFIX,
        resources: resourcesOf(program),
        storeTimeout: `${LIMITS.storeMs} milliseconds`,
        waitTimeout: `${LIMITS.waitMs} milliseconds`,
        replicationLag: `${LIMITS.settlingMs} milliseconds`,
        reads: readLagMs(scenario) > 0 ? "any" : "primary",
        maxLoadsWithoutStore: LIMITS.loadsWithoutStore,
        clock: scheduler.clock(name, () => instance.offsetMs),
        random,
        token: () => `${name}${String((tokens += 1)).padStart(21, "-")}`,
        ...(scenario.defers && { enqueueRefresh: (task) => defer(world, name, task) }),
      },
      mutation.policy,
    ),
  };
  return instance;
}

/** Puts a refresh into the queue, which is full at random. */
async function defer(
  { scheduler, choices, queue }: World,
  thread: string,
  { resource, params }: { resource: string; params: unknown },
): Promise<void> {
  await scheduler.turn(thread);
  if (choices.chance(0.1)) throw new Error("the queue is full");
  queue.push({ resource: resource, key: (params as { key: string }).key });
}

/** The connection from an instance to the store: each request and some replies are separate steps, and may fail. */
function connect(world: World, instance: () => Instance, mutation: Mutation): Store {
  const { scheduler, choices, scenario } = world;
  const server = overNetwork(world.store, {});
  const store = observed(world, instance, mutation.store?.(server, world.store) ?? server);
  const fault = (operation: keyof Store): Fault => {
    if (world.storeIsDown || (world.storeIsFull && GROWING.has(operation))) return "refused";
    if (scenario.storeTrouble === 0 || !choices.chance(scenario.storeTrouble)) return "none";
    // Clients retry on their own, and retries make copies: these two faults are 10 of 16 draws, the other six one each.
    const drawn = choices.pick(2 * FAULTS.length);
    return FAULTS[drawn] ?? (drawn % 2 === 0 ? "repeated" : "copied");
  };
  const network = overNetwork(store, {
    request: () => scheduler.turn(instance().name, { bound: false }),
    reply: async () => {
      const { name } = instance();
      if (scheduler.isStopped(name) || choices.chance(0.3)) await scheduler.turn(name);
    },
    late: () => scheduler.sleep("network", choices.pick(4) * LATE_MS),
    fault: (operation) => {
      const happens = fault(operation);
      if (happens !== "none")
        world.log?.(instance().name, () => `the store's next answer: ${happens}`);
      return happens;
    },
  });
  const recorded = recordingGrants(world, network);
  return mutation.client?.(recorded, world) ?? recorded;
}

/** Records when an instance learns of a lease that it was granted. */
function recordingGrants({ history, scheduler }: World, store: Store): Store {
  return {
    ...store,
    lease: async (batch) => {
      const outcomes = await store.lease(batch);
      for (const [index, request] of batch.requests.entries()) {
        const outcome = outcomes[index];
        if (!outcome?.ok) continue;
        const leaseKey = keyOfName(request.leaseKey);
        const grant = history.grants.findLast(
          (each) => each.token === outcome.value.token && each.leaseKey === leaseKey,
        );
        if (grant) grant.grantedAtStep = scheduler.step;
      }
      return outcomes;
    },
  };
}

/** Logs the requests to the store, and records the leases that the store grants and removes. */
function observed(world: World, instance: () => Instance, store: Store): Store {
  const { history, scheduler } = world;
  const log = (what: () => string) => world.log?.(instance().name, what);
  const logged = async <T>(operation: keyof Store, request: unknown, run: () => Promise<T>) => {
    const result = await run();
    log(() => describeRequest(operation, request, result));
    return result;
  };
  return {
    mget: (keys, from) => logged("mget", keys, () => store.mget(keys, from)),
    follow: (request) => logged("follow", request, () => store.follow(request)),
    revalidate: (request) => logged("revalidate", request, () => store.revalidate(request)),
    stamps: (request) => logged("stamps", request, () => store.stamps(request)),
    commit: (batch) => logged("commit", batch, () => store.commit(batch)),
    release: (request) => logged("release", request, () => store.release(request)),
    expire: (request) => logged("expire", request, () => store.expire(request)),
    begin: (request) => {
      if (request.entry) voidGrants(world, [request.entry.leaseKey]);
      return logged("begin", request, () => store.begin(request));
    },
    end: (request) => {
      if (request.target) voidGrants(world, [request.target.leaseKey]);
      return logged("end", request, () => store.end(request));
    },
    beat: (request) => logged("beat", request, () => store.beat(request)),
    walk: (request) => {
      voidGrants(world, request.remove);
      return logged("walk", request, () => store.walk(request));
    },
    lease: async (batch) => {
      const outcomes = await logged("lease", batch, () => store.lease(batch));
      for (const [index, { leaseKey, leaseMs, force }] of batch.requests.entries()) {
        const outcome = outcomes[index];
        if (!outcome?.ok || !outcome.value.granted) continue;
        // A forced lease voids the one before it.
        if (force) voidGrants(world, [leaseKey]);
        history.grants.push({
          leaseKey: keyOfName(leaseKey) ?? leaseKey,
          instance: instance(),
          untilMs: scheduler.now() + leaseMs,
          voided: false,
          token: outcome.value.token,
          grantedAtStep: undefined,
        });
      }
      return outcomes;
    },
    delete: (keys) => {
      voidGrants(world, keys);
      return logged("delete", keys, () => store.delete(keys));
    },
  };
}

/** A lease that is removed before its end no longer protects its load. */
export function voidGrants({ history }: World, names: readonly string[]): void {
  const keys = new Set(names.map(keyOfName));
  for (const grant of history.grants) if (keys.has(grant.leaseKey)) grant.voided = true;
}

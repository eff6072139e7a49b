import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Member, startMember } from "../fleet.ts";
import { type Adapter, type Place, placeOf, type Subject } from "../rivals/rival.ts";
import type { Cell, RowContext, RowResult } from "../result.ts";
import { type Servers, startServers, sum } from "../servers/servers.ts";
import type { StormData, StormOutcome } from "../storm-worker.ts";
import { loadAdapters } from "../subjects.ts";

const OURS = "@algoitny/cache";

/** Old and new version of what the origin has. */
const OLD = 1;
const NEW = 2;

interface Scene {
  readonly servers: Servers;
  /** An instance in this process, and another one in another process. */
  readonly one: Subject;
  readonly other: Member;
  readonly key: string;
}

/** Each returns the version that is read after the change and its invalidation; undefined for a library without tags. */
const RACES: Readonly<Record<string, (scene: Scene) => Promise<number | undefined>>> = {
  "key removed during a load": (scene) => during(scene, () => scene.one.remove(scene.key)),
  "… by another process": (scene) => during(scene, () => scene.other.ask("remove", scene.key)),
  "tag invalidated during a load": async (scene) =>
    scene.one.invalidateTags && during(scene, () => scene.one.invalidateTags?.([TAG])),
  "… by another process ": async (scene) =>
    scene.one.invalidateTags && during(scene, () => scene.other.ask("invalidateTags", [TAG])),
  "tag's own keys lost after its invalidation": async ({ servers, one, other, key }) => {
    if (!one.invalidateTags) return undefined;
    await one.get(key, [TAG], async () => OLD);
    await one.invalidateTags([TAG]);
    const names = ((await servers.call("KEYS", "*")) as unknown[]).map(String);
    const ofTag = names.filter((name) => name.includes(TAG) && !name.includes(key));
    if (ofTag.length > 0) await servers.call("DEL", ...ofTag);
    return (await other.ask("get", key, [TAG], NEW)) as number;
  },
};

const TAG = "about";

/** Extra time of the load: clocks that libraries compare must have advanced. */
const MOMENT_MS = 5;

/** Time after which a load ends even if the invalidation has not. */
const PATIENCE_MS = 1_000;

/** A load begins, the origin changes, `invalidate` runs and returns, the load ends; then a read begins. */
async function during(
  { one, key }: Scene,
  invalidate: () => Promise<unknown> | undefined,
): Promise<number> {
  let version = OLD;
  const reads = Promise.withResolvers<void>();
  const ends = Promise.withResolvers<void>();
  const loading = one.get(key, [TAG], async () => {
    const seen = version;
    reads.resolve();
    await ends.promise;
    return seen;
  });
  await reads.promise;
  version = NEW;
  // A library may let its invalidation wait for the load.
  const invalidating = Promise.resolve(invalidate());
  await Promise.race([invalidating, sleep(PATIENCE_MS)]);
  await sleep(MOMENT_MS);
  ends.resolve();
  await Promise.all([invalidating, loading]);
  return (await one.get(key, [TAG], async () => version)) as number;
}

const STORM = {
  quick: { seconds: 2 },
  full: { seconds: 6 },
} as const;

const KEYS = 20;
const READS_PER_SECOND = 200;
const INVALIDATIONS_PER_SECOND = 50;
const LOAD_MS = 20;

/** Counts the stale answers of each library. */
export async function run({ scale, progress }: RowContext): Promise<RowResult> {
  const adapters = [...(await loadAdapters()).values()].filter(
    ({ name }) => !/L1|memory/.test(name),
  );
  await using servers = await startServers();
  await using other = startMember();
  const place = placeOf(servers.addresses, false);
  const raced = new Map<string, Cell[]>();
  const counts: Record<string, Record<string, number>> = {};
  for (const adapter of adapters) {
    progress(`races, ${adapter.name}`);
    const versions = await race(servers, place, adapter, other);
    raced.set(adapter.name, versions.map(wordOf));
    const old = versions.filter((version) => version === OLD).length;
    counts[`${adapter.name}, races`] = { old };
  }
  const storms = new Map<string, StormOutcome>();
  for (const adapter of adapters) {
    if (scale === "quick" && !adapter.name.startsWith(OURS)) continue;
    progress(`storm, ${adapter.name}`);
    const outcome = await storm(servers, place, adapter, STORM[scale].seconds);
    storms.set(adapter.name, outcome);
    if (adapter.name.startsWith(OURS)) counts[`${adapter.name}, storm`] = { stale: outcome.stale };
  }
  return {
    tables: [
      {
        title: "Read after a change and its invalidation",
        notes: [
          "A load begins, the origin changes, the invalidation returns, the load ends, a read begins. In the last column no load is in progress: after the invalidation the tag's own keys are deleted from Redis, then another process reads. `old`: the read returns what the change replaced.",
        ],
        columns: ["", ...Object.keys(RACES).map((name) => name.trim())],
        rows: [...raced].map(([name, cells]) => [name, ...cells]),
      },
      stormTable(storms, STORM[scale].seconds),
    ],
    counts,
    goals: [...storms]
      .filter(([name]) => name.startsWith(OURS))
      .map(([name, { stale, reads }]) => ({
        text: `${name}: no stale read in the storm`,
        measured: `${stale} of ${reads}`,
        holds: stale === 0,
      })),
    charts: [
      {
        name: "storm",
        title: `Stale reads per 10,000, ${INVALIDATIONS_PER_SECOND} invalidations/s under ${READS_PER_SECOND} reads/s`,
        unit: "stale",
        bars: [...storms].map(([label, { stale, reads }]) => ({
          label,
          value: Math.round((stale / reads) * 10_000),
        })),
      },
    ],
  };
}

const wordOf = (version: number | undefined): string =>
  version === undefined ? "has no tags" : version === OLD ? "**old**" : "new";

async function race(servers: Servers, place: Place, adapter: Adapter, other: Member) {
  const versions = [];
  for (const [index, versionAfter] of Object.values(RACES).entries()) {
    await servers.call("FLUSHALL");
    const one = await adapter.open(place);
    await other.ask("open", adapter.name, 1, place);
    versions.push(await versionAfter({ servers, one, other, key: `race${index}` }));
    await Promise.all([one.close(), other.ask("close")]);
  }
  return versions;
}

/**
 * Two threads read; one of them raises a key's version with each write and invalidates it, by its tag where there are tags.
 * A read is stale when it returns a version below the one whose invalidation was over before the read began.
 */
async function storm(
  servers: Servers,
  place: Place,
  adapter: Adapter,
  seconds: number,
): Promise<StormOutcome> {
  await servers.call("FLUSHALL");
  const versions = () => new Int32Array(new SharedArrayBuffer(KEYS * 4)).fill(1);
  const shared = { adapter: adapter.name, place, seconds, loadMs: LOAD_MS };
  const data = { ...shared, readsPerSecond: READS_PER_SECOND / 2, written: versions() };
  const confirmed = versions();
  const outcomes = await Promise.all(
    [INVALIDATIONS_PER_SECOND, 0].map((writesPerSecond) =>
      inThread({ ...data, confirmed, writesPerSecond }),
    ),
  );
  const total = (name: keyof StormOutcome) => sum(outcomes.map((each) => each[name]));
  return { reads: total("reads"), stale: total("stale"), loads: total("loads") };
}

function inThread(workerData: StormData): Promise<StormOutcome> {
  const worker = new Worker(path.join(import.meta.dirname, "../storm-worker.ts"), { workerData });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("a thread of the storm ended without a result")));
  });
}

function stormTable(storms: ReadonlyMap<string, StormOutcome>, seconds: number) {
  return {
    title: `Storm: ${INVALIDATIONS_PER_SECOND} invalidations/s under ${READS_PER_SECOND} reads/s for ${seconds} s`,
    notes: [
      `${KEYS} keys, a load of ${LOAD_MS} ms, two threads with an instance each. A read is stale when its value is older than an invalidation that was over before the read began; without tags the key is removed. The hit rate is the share of reads that caused no load: stale hits raise it.`,
    ],
    columns: ["", "reads", "stale", "stale %", "hit rate %"],
    rows: [...storms].map(([name, { reads, stale, loads }]): Cell[] => [
      name,
      reads,
      stale,
      (100 * stale) / reads,
      100 * (1 - loads / reads),
    ]),
  };
}

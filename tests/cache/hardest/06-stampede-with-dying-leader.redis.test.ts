import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  type CacheProcess,
  heldOrigin,
  type RemoteCache,
  startCacheProcess,
  type WorkerReading,
} from "../../support/cache-process.ts";
import { fillStops } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** Total time of a request; a read that waits for another one's load keeps half of it for a load by itself. */
const BUDGET_MS = 8_000;

/** With the leader in a separate process, fifty instances in five processes. */
const FOLLOWERS = [13, 12, 12, 12];

let upstash: TestUpstash;
let processes: CacheProcess[];
let followers: RemoteCache[];
let leaders: CacheProcess;
/** Each test uses another cache of the leaders' process, which has not learned a usual load time yet. */
let leader: RemoteCache;
let loads: ReturnType<typeof heldOrigin>;
let id = 0;

function start(name: string, instances: number): Promise<CacheProcess> {
  const resources = { row: { ttl: "1 minute" } } as const;
  return startCacheProcess({
    name,
    upstash,
    instances,
    resources,
    origin: (load) => loads.origin(load),
  });
}

beforeAll(async () => {
  upstash = await testUpstash();
  loads = heldOrigin();
  [leaders, ...processes] = await Promise.all([
    start("leader", 10),
    ...FOLLOWERS.map((count) => start("follower", count)),
  ]);
  followers = processes.flatMap(({ caches }) => caches);
  const warmUps = [...leaders.caches.slice(0, 1), ...followers].map((cache) =>
    cache.get("row", { id }),
  );
  (await loads.next()).answer("connected");
  await Promise.all(warmUps);
});
beforeEach(() => {
  id += 1;
  loads = heldOrigin();
  leader = leaders.caches[id] as RemoteCache;
});
afterEach(() => upstash.intercept());
afterAll(async () => {
  await Promise.all([leaders, ...processes].map((each) => each[Symbol.asyncDispose]()));
  await upstash.close();
});

/** Teaches the leader that its loads are fast: its leases then last a second instead of five. */
async function shortenLease(): Promise<void> {
  const quick = leader.get("row", { id: -id });
  (await loads.next()).answer("quick");
  await quick;
  loads = heldOrigin();
}

/** Starts the reads of all others; resolves when each of them has found the lease taken, or has taken over the ended lease. */
async function stampede(): Promise<{ readings: Promise<WorkerReading[]> }> {
  const asked = () => processes.flatMap(({ events }) => events).filter(isDenial).length;
  const before = asked();
  const readings = Promise.all(followers.map((cache) => cache.read("row", { id }, BUDGET_MS)));
  await expect
    .poll(() => asked() - before + loads.started.length - 1, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(followers.length);
  return { readings };
}
const isDenial = ({ type }: CacheProcess["events"][number]) => type === "lease-denied";

function expectAllToHave(value: string, readings: readonly WorkerReading[]): void {
  expect(readings.map((each) => each.value)).toEqual(followers.map(() => value));
  expect(Math.max(...readings.map(({ tookMs }) => tookMs))).toBeLessThan(BUDGET_MS);
}

test("fifty instances that miss together load once", async () => {
  const leading = leader.read("row", { id }, BUDGET_MS);
  const load = await loads.next();
  const { readings } = await stampede();
  load.answer("value");
  expect(await leading).toMatchObject({ value: "value", stored: true });
  expectAllToHave("value", await readings);
  expect(loads.started).toHaveLength(1);
});

test("fifty instances that begin at the same moment load once, whichever gets the lease", async () => {
  const reads = [leader, ...followers].map((cache) => cache.read("row", { id }, BUDGET_MS));
  (await loads.next()).answer("value");
  const [own, ...readings] = await Promise.all(reads);
  expect(own?.value).toBe("value");
  expectAllToHave("value", readings);
  expect(loads.started).toHaveLength(1);
});

test("a leader that is killed during its load costs one more load", async () => {
  await using dying = await start("leader", 1);
  leader = dying;
  await shortenLease();
  const lost = expect(leader.read("row", { id }, BUDGET_MS)).rejects.toThrow("is gone");
  await loads.next();
  const { readings } = await stampede();
  await dying.kill();
  await lost;
  const second = await loads.next();
  expect(second.process).toBe("follower");
  second.answer("by the second");
  expectAllToHave("by the second", await readings);
  expect(loads.started).toHaveLength(2);
});

test("a leader that is frozen during its load costs one more load, and its late commit is refused", async () => {
  await shortenLease();
  const leading = leader.read("row", { id }, BUDGET_MS);
  const first = await loads.next();
  leaders.freeze();
  const { readings } = await stampede();
  const second = await loads.next();
  second.answer("by the second");
  expectAllToHave("by the second", await readings);

  first.answer("by the frozen");
  leaders.thaw();
  const late = { value: "by the frozen", stored: false, detail: "fill-refused" };
  expect(await leading).toMatchObject(late);
  expect(await leader.get("row", { id })).toBe("by the second");
  expect(loads.started).toHaveLength(2);
});

test("a leader that is frozen between its lease and its load costs one more load", async () => {
  await shortenLease();
  const hold = fillStops(upstash).stopAt(["lease", "after"]);
  const leading = leader.read("row", { id }, BUDGET_MS);
  await hold.reached;
  leaders.freeze();
  hold.letGo();
  const { readings } = await stampede();
  (await loads.next()).answer("by the second");
  expectAllToHave("by the second", await readings);

  leaders.thaw();
  const own = await loads.next();
  expect(own.process).toBe("leader");
  own.answer("by the frozen");
  expect(await leading).toMatchObject({ stored: false, detail: "fill-refused" });
  expect(await leader.get("row", { id })).toBe("by the second");
  expect(loads.started).toHaveLength(2);
});

test("a load that outlives its lease costs one more load, and its late commit is refused", async () => {
  await shortenLease();
  const leading = leader.read("row", { id }, BUDGET_MS);
  const first = await loads.next();
  const { readings } = await stampede();
  (await loads.next()).answer("by the second");
  expectAllToHave("by the second", await readings);

  first.answer("by the slow one");
  const late = { value: "by the slow one", stored: false, detail: "fill-refused" };
  expect(await leading).toMatchObject(late);
  expect(await leader.get("row", { id })).toBe("by the second");
  expect(loads.started).toHaveLength(2);
});

test("a read that cannot wait any longer loads by itself, within its own deadline", async () => {
  const hurriedMs = 3_000;
  const leading = leader.read("row", { id });
  const endless = await loads.next();
  const hurried = followers.map((cache) => cache.read("row", { id }, hurriedMs));
  const answers = Promise.all(hurried.map(async () => (await loads.next()).answer("own")));
  for (const { value, detail, tookMs } of await Promise.all(hurried)) {
    expect({ value, detail }).toEqual({ value: "own", detail: "lease-denied" });
    expect(tookMs).toBeLessThan(hurriedMs);
  }
  await answers;
  endless.answer("at last");
  expect(await leading).toMatchObject({ value: "at last", stored: true });
});

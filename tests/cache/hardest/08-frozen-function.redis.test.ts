import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type CacheProcess,
  heldOrigin,
  type Origin,
  type ProcessOptions,
  startCacheProcess,
} from "../../support/cache-process.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

const FREEZE_MS = 15 * 60_000;

let upstash: TestUpstash;
/** `queueing` sends the refreshes of stale entries to a queue. */
let [a, b, queueing] = [] as unknown as [CacheProcess, CacheProcess, CacheProcess];
let id = 0;
const database = new Map<number, string>();
const readDatabase: Origin = ({ params: [row] }) => database.get(row?.id ?? 0);
let origin = readDatabase;
let onDefer = () => {};

const resources = {
  row: { ttl: "1 minute" },
  old_row: { ttl: "1 minute", staleWhileRevalidate: "1 hour" },
  trusted_row: { ttl: "1 minute", l1: { revalidateAfter: "10 seconds" } },
} as const;

function start(options: Partial<ProcessOptions> = {}): Promise<CacheProcess> {
  return startCacheProcess({
    upstash,
    resources,
    origin: (load) => origin(load),
    onDefer: () => onDefer(),
    ...options,
  });
}

beforeAll(async () => {
  upstash = await testUpstash();
  [a, b, queueing] = await Promise.all([start(), start(), start({ defers: true })]);
});
beforeEach(() => {
  id += 1;
  database.set(id, "old");
  origin = readDatabase;
  onDefer = () => {};
});
afterEach(async () => {
  upstash.intercept();
  await Promise.all([a, b, queueing].map((process) => process.resetClock()));
});
afterAll(() => Promise.all([a, b, queueing, upstash].map((each) => each[Symbol.asyncDispose]())));

async function change(value: string): Promise<void> {
  database.set(id, value);
  await b.invalidate(`row:${id}`);
}

/** Stops a process as Lambda does between two requests; 15 minutes pass for all processes, and `what` happens in the others. */
async function freezeDuring(process: CacheProcess, what: () => Promise<unknown>): Promise<void> {
  process.freeze();
  const others = [a, b, queueing].filter((each) => each !== process);
  await Promise.all(others.map((each) => each.jumpClock(FREEZE_MS)));
  await what();
  process.thaw();
  await process.jumpClock(FREEZE_MS);
}

describe("a function that is frozen as soon as it has answered", () => {
  test("has already refreshed the stale entry that it read", async () => {
    await a.get("old_row", { id });
    database.set(id, "new");
    await b.expire(`row:${id}`);
    expect(await a.read("old_row", { id })).toMatchObject({ value: "new", stored: true });
    a.freeze();
    expect(await b.read("old_row", { id })).toMatchObject({ value: "new", status: "hit" });
    a.thaw();
  });

  test("has already sent the refresh to the queue, where there is one", async () => {
    await queueing.get("old_row", { id });
    database.set(id, "new");
    await b.expire(`row:${id}`);
    queueing.deferred.length = 0;
    expect(await queueing.read("old_row", { id })).toMatchObject({ value: "old", status: "stale" });
    queueing.freeze();
    expect(queueing.deferred).toMatchObject([{ resource: "old_row", params: { id } }]);
    expect(await b.refresh("old_row", { id })).toBe("refreshed");
    queueing.thaw();
    expect(await queueing.read("old_row", { id })).toMatchObject({ value: "new", status: "hit" });
  });

  test("has already refreshed by itself, with an event for the error, when the queue refused the task", async () => {
    await queueing.get("old_row", { id });
    database.set(id, "new");
    await b.expire(`row:${id}`);
    onDefer = () => {
      throw new Error("the queue is full");
    };
    expect(await queueing.read("old_row", { id })).toMatchObject({ value: "new", stored: true });
    expect(queueing.events).toContainEqual(
      expect.objectContaining({ type: "deferred", error: new Error("the queue is full") }),
    );
  });
});

describe("a function that resumes after 15 minutes", () => {
  test.each(["row", "old_row", "trusted_row"])(
    "serves no %s from before an invalidation",
    async (resource) => {
      expect(await a.get(resource, { id })).toBe("old");
      await freezeDuring(a, () => change("new"));
      expect(await a.get(resource, { id })).toBe("new");
    },
  );

  test("serves what other instances have loaded since", async () => {
    await a.get("trusted_row", { id });
    await freezeDuring(a, async () => {
      await change("new");
      await b.get("trusted_row", { id });
    });
    expect(await a.read("trusted_row", { id })).toMatchObject({ value: "new", status: "hit" });
  });

  test("does not store the load during which it was frozen: its lease has expired", async () => {
    const loads = heldOrigin();
    ({ origin } = loads);
    const reading = a.read("row", { id });
    const load = await loads.next();
    await freezeDuring(a, async () => {
      origin = readDatabase;
      await change("new");
      expect(await b.get("row", { id })).toBe("new");
      load.answer("old");
    });
    expect(await reading).toMatchObject({ value: "old", stored: false, detail: "fill-refused" });
    expect(await b.read("row", { id })).toMatchObject({ value: "new", status: "hit" });
  });

  test("gets the value that it was waiting for", async () => {
    const loads = heldOrigin();
    ({ origin } = loads);
    const leading = b.read("row", { id });
    const load = await loads.next();
    const waiting = a.read("row", { id });
    await expect.poll(() => a.events.map(({ type }) => type)).toContain("lease-denied");
    await freezeDuring(a, async () => {
      load.answer("loaded");
      await leading;
    });
    expect((await waiting).value).toBe("loaded");
    expect(loads.started).toHaveLength(1);
  });

  test("opens a new connection when the old one was closed", async () => {
    await a.get("row", { id });
    a.freeze();
    a.thaw();
    let isClosed = true;
    upstash.intercept((_, run) => {
      if (!isClosed) return run();
      isClosed = false;
      throw new Error("connection reset");
    });
    expect(await a.read("row", { id })).toMatchObject({ value: "old", status: "hit" });
  });
});

describe("setting the clock", () => {
  const OFFSETS_MS = [-2_000, 0, 2_000];

  test("two seconds forward or back in any of three processes changes nothing", async () => {
    const processes = [a, b, queueing];
    for (const [index, ms] of OFFSETS_MS.entries()) await processes[index]?.jumpClock(ms);
    for (const filler of processes) {
      for (const invalidator of processes) {
        for (const reader of processes) {
          for (const drop of [
            () => invalidator.invalidate(`row:${id}`),
            () => invalidator.remove("row", { id }),
            () => invalidator.clear(),
            () => invalidator.expire(`row:${id}`),
          ]) {
            id += 1;
            database.set(id, "old");
            await filler.get("row", { id });
            expect(await reader.read("row", { id })).toMatchObject({ status: "hit", value: "old" });
            database.set(id, "new");
            await drop();
            expect(await reader.read("row", { id })).toMatchObject({
              status: "miss",
              value: "new",
              stored: true,
            });
            expect(await filler.read("row", { id })).toMatchObject({ status: "hit", value: "new" });
          }
        }
      }
    }
  });

  test.each([-2_000, 2_000])(
    "by %i ms during a load, and during the wait for it, changes nothing",
    async (ms) => {
      const loads = heldOrigin();
      ({ origin } = loads);
      const leading = a.read("row", { id });
      const load = await loads.next();
      b.events.length = 0;
      const waiting = b.read("row", { id });
      await expect.poll(() => b.events.map(({ type }) => type)).toContain("lease-denied");
      await Promise.all([a, b].map((process) => process.jumpClock(ms)));
      load.answer("loaded");
      expect(await leading).toMatchObject({ value: "loaded", stored: true });
      expect(await waiting).toMatchObject({ value: "loaded", collapsed: true });
      for (const process of [a, b]) {
        expect(await process.read("row", { id })).toMatchObject({ value: "loaded", status: "hit" });
      }
      expect(loads.started).toHaveLength(1);
    },
  );

  test("back does not extend the trust in a held entry", async () => {
    await a.get("trusted_row", { id });
    expect(await a.read("trusted_row", { id })).toMatchObject({ status: "hit" });
    await change("new");
    await a.jumpClock(-2_000);
    expect(await a.get("trusted_row", { id })).toBe("new");
  });

  test("back by an hour does not prolong a wait, which ends with the lease of a dead leader", async () => {
    const loads = heldOrigin();
    await using dying = await start({ origin: loads.origin });
    const quick = dying.get("row", { id: -id });
    (await loads.next()).answer("quick");
    await quick;
    const lost = expect(dying.get("row", { id })).rejects.toThrow("is gone");
    await loads.next();
    b.events.length = 0;
    const waiting = b.read("row", { id });
    await expect.poll(() => b.events.map(({ type }) => type)).toContain("lease-denied");
    await b.jumpClock(-60 * 60_000);
    await dying.kill();
    await lost;
    const { value, tookMs } = await waiting;
    expect(value).toBe("old");
    expect(tookMs).toBeLessThan(5_000);
  });

  test("back by an hour does not keep the breaker open for an hour", async () => {
    await using breaking = await start();
    upstash.intercept(() => Promise.reject(new Error("connection reset")));
    await Promise.all(
      Array.from({ length: 5 }, (_, index) => breaking.get("row", { id: -1_000 - index })),
    );
    upstash.intercept();
    expect(await breaking.read("row", { id })).toMatchObject({ status: "bypass" });
    await breaking.jumpClock(-60 * 60_000);
    expect(await breaking.read("row", { id })).toMatchObject({ status: "miss", stored: true });
  });
});

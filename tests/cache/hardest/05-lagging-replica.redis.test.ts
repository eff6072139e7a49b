import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type CacheProcess,
  heldOrigin,
  type Origin,
  startCacheProcess,
} from "../../support/cache-process.ts";
import { laggingReplica, type Replica } from "../../support/replica.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** Longest lag of Upstash's replicas in these tests. */
const LAG_MS = 2_000;

let upstash: TestUpstash;
let replica: Replica;
let [a, b] = [] as unknown as [CacheProcess, CacheProcess];
let id = 0;
/** The table that loads read. */
const database = new Map<number, string>();
const readDatabase: Origin = ({ params: [row] }) => database.get(row?.id ?? 0);
let origin = readDatabase;

beforeAll(async () => {
  upstash = await testUpstash({ replicas: false });
  replica = await laggingReplica(upstash);
  const resources = {
    row: { ttl: "1 minute" },
    old_row: { ttl: "1 minute", staleWhileRevalidate: "1 minute" },
  } as const;
  const options = { reads: "any" } as const;
  const start = (name: string) =>
    startCacheProcess({
      name,
      upstash: replica,
      origin: (load) => origin(load),
      resources,
      options,
    });
  [a, b] = await Promise.all([start("a"), start("b")]);
});
beforeEach(() => {
  id += 1;
  database.set(id, "old");
  origin = readDatabase;
});
afterEach(() => {
  replica.catchUp();
  replica.takeTokens(true);
});
afterAll(() => Promise.all([a, b, replica, upstash].map((each) => each[Symbol.asyncDispose]())));

/** Stores the old value where both processes see it, lets the replica fall behind and invalidates through process a. */
async function invalidateBehindReplica(): Promise<void> {
  expect([await a.get("row", { id }), await b.get("row", { id })]).toEqual(["old", "old"]);
  await replica.fallBehind();
  database.set(id, "new");
  await a.invalidate(`row:${id}`);
}

describe("a read within the lag of an invalidation", () => {
  test.each([
    { by: "the client that invalidated", withToken: true, value: "new" },
    { by: "another client", withToken: true, value: "old" },
    { by: "the client that invalidated", withToken: false, value: "old" },
    { by: "another client", withToken: false, value: "old" },
  ])(
    "by $by returns the $value value (sync token: $withToken)",
    async ({ by, withToken, value }) => {
      replica.takeTokens(withToken);
      await invalidateBehindReplica();
      const reader = by === "another client" ? b : a;
      expect(await reader.get("row", { id })).toBe(value);

      replica.catchUp();
      expect([await a.get("row", { id }), await b.get("row", { id })]).toEqual(["new", "new"]);
    },
  );

  test("returns no value that is older than the lag of the replica", async () => {
    await invalidateBehindReplica();
    const invalidatedMs = performance.now();
    replica.catchUpAfter(LAG_MS);
    let lastOldMs = 0;
    await expect
      .poll(
        async () => {
          const beganMs = performance.now();
          const value = await b.get("row", { id });
          if (value === "old") lastOldMs = beganMs - invalidatedMs;
          return value;
        },
        { timeout: 3 * LAG_MS, interval: 20 },
      )
      .toBe("new");
    expect(lastOldMs).toBeGreaterThan(LAG_MS / 2);
    expect(lastOldMs).toBeLessThanOrEqual(LAG_MS + 50);
    expect(await b.get("row", { id })).toBe("new");
  });
});

describe("the primary decides on fills:", () => {
  test("one with an invalidation during its load is refused although the replica still has the old stamps", async () => {
    const loads = heldOrigin();
    ({ origin } = loads);
    await replica.fallBehind();
    const slow = b.read("row", { id });
    const load = await loads.next();
    database.set(id, "new");
    await a.invalidate(`row:${id}`);
    load.answer("old");
    expect(await slow).toMatchObject({ value: "old", stored: false, detail: "fill-refused" });

    origin = readDatabase;
    expect(await b.get("row", { id })).toBe("new");
    replica.catchUp();
    expect([await a.get("row", { id }), await b.get("row", { id })]).toEqual(["new", "new"]);
  });

  test("one that begins after an invalidation is stored with the stamps of the primary", async () => {
    await replica.fallBehind();
    database.set(id, "new");
    await a.invalidate(`row:${id}`);
    expect(await b.read("row", { id })).toMatchObject({ value: "new", stored: true });
    replica.catchUp();
    expect(await a.read("row", { id })).toMatchObject({ value: "new", status: "hit" });
  });

  test("none is repeated because the replica does not have the entry yet", async () => {
    await replica.fallBehind();
    expect(await a.read("row", { id })).toMatchObject({ status: "miss", stored: true });
    origin = () => expect.unreachable("the entry is there");
    expect(await b.read("row", { id })).toMatchObject({ status: "hit", collapsed: true });
  });

  test("a stale entry of the replica is not served in place of a failed load", async () => {
    await a.get("old_row", { id });
    await a.expire(`row:${id}`);
    await replica.fallBehind();
    await a.invalidate(`row:${id}`);
    origin = () => Promise.reject(new Error("the database is down"));
    await expect(b.read("old_row", { id })).rejects.toThrow("the database is down");
  });

  test("a waiting read looks at growing intervals, also when the replica does not have the lease", async () => {
    const loads = heldOrigin();
    ({ origin } = loads);
    replica.takeTokens(false);
    await replica.fallBehind();
    const leading = a.read("row", { id });
    const load = await loads.next();
    const waiting = b.read("row", { id });
    const reads = replica.reads;
    await expect
      .poll(() => replica.reads, { timeout: 5_000, interval: 1 })
      .toBeGreaterThan(reads + 1);
    const before = upstash.stats().requests;
    const beganMs = performance.now();
    await expect.poll(() => performance.now() - beganMs, { timeout: 5_000 }).toBeGreaterThan(500);
    const requests = upstash.stats().requests - before;
    load.answer("old");
    expect((await leading).stored).toBe(true);
    expect(await waiting).toMatchObject({ value: "old", collapsed: true });
    expect(loads.started).toHaveLength(1);
    expect(requests).toBeLessThan(20);
  });
});

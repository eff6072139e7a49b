import { HttpError, type Intercept } from "@algoitny/local/upstash/start-upstash";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type CacheProcess,
  startCacheProcess,
  type WorkerReading,
} from "../../support/cache-process.ts";
import { fillStops, stepOf } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";
import { startUpstashProxy } from "../../support/upstash-proxy.ts";

/** Long enough for a healthy store on a machine that runs other tests too. */
const STORE_TIMEOUT_MS = 1_000;

/** Short, for a store that never answers in time. */
const SHORT_STORE_TIMEOUT_MS = 200;

/** Longer than the breaker stays open. */
const FREEZE_MS = 15 * 60_000;

let upstash: TestUpstash;
let stops: ReturnType<typeof fillStops>;
let [a, b] = [] as unknown as [CacheProcess, CacheProcess];
let lastId = 0;
const database = new Map<number, string>();

function start(
  endpoint: { url: string; token: string } = upstash,
  storeTimeoutMs = STORE_TIMEOUT_MS,
): Promise<CacheProcess> {
  return startCacheProcess({
    upstash: endpoint,
    requestTimeoutMs: 2 * storeTimeoutMs,
    resources: { row: { ttl: "1 hour" } },
    options: { storeTimeout: `${storeTimeoutMs} milliseconds`, waitTimeout: "2 seconds" },
    origin: ({ params: [row] }) => database.get(row?.id ?? 0),
  });
}

beforeAll(async () => {
  upstash = await testUpstash();
  stops = fillStops(upstash);
  [a, b] = await Promise.all([start(), start()]);
  // The imports and connections of a first read are not part of the measurement.
  await Promise.all([a, b].map((process) => process.get("row", newRow("first"))));
});
afterEach(async () => {
  upstash.intercept();
  await Promise.all([a, b].map(closeBreaker));
  const [unhandled] = [...a.unhandled, ...b.unhandled];
  if (unhandled !== undefined) throw new Error(`unhandled rejection: ${unhandled}`);
});
afterAll(() => Promise.all([a, b, upstash].map((each) => each[Symbol.asyncDispose]())));

async function closeBreaker(process: CacheProcess): Promise<void> {
  await process.jumpClock(FREEZE_MS);
  await process.get("row", newRow("recovered"));
  process.events.length = 0;
}

function newRow(value: string): { id: number } {
  lastId += 1;
  database.set(lastId, value);
  return { id: lastId };
}

/** Reads rows ten at a time: every value must be correct, whatever the store does. */
async function readRows(process: CacheProcess, count: number): Promise<WorkerReading[]> {
  const readings: WorkerReading[] = [];
  while (readings.length < count) {
    const rows = Array.from({ length: 10 }, (_, index) => newRow(`value ${index}`));
    readings.push(...(await Promise.all(rows.map((row) => process.read("row", row)))));
  }
  expect(readings.map(({ value }) => value)).toEqual(
    readings.map((_, index) => `value ${index % 10}`),
  );
  return readings;
}

const p99 = (times: number[]) =>
  times.toSorted((x, y) => x - y)[Math.ceil(times.length * 0.99) - 1] ?? 0;

/** The latency bound: a read takes no longer than its load and, at the worst, a look, a lease and a commit that each time out. */
function expectWithinBudget(
  process: CacheProcess,
  readings: readonly WorkerReading[],
  storeTimeoutMs = STORE_TIMEOUT_MS,
): void {
  const loads = process.events.flatMap((event) => (event.type === "load" ? [event.loadMs] : []));
  expect(p99(readings.map(({ tookMs }) => tookMs))).toBeLessThan(p99(loads) + 3 * storeTimeoutMs);
}

const breakerOf = ({ events }: CacheProcess) =>
  events.flatMap((event) => (event.type === "breaker" ? [event.state] : []));

const never: Intercept = () => new Promise(() => {});

describe("a store that accepts requests and never answers", () => {
  test("delays reads by three time limits of the store at most, until the breaker opens and no read asks it", async () => {
    await using process = await start(upstash, SHORT_STORE_TIMEOUT_MS);
    await process.get("row", newRow("first"));
    upstash.intercept(never);
    expectWithinBudget(process, await readRows(process, 50), SHORT_STORE_TIMEOUT_MS);
    expect(breakerOf(process)).toEqual(["open"]);

    const { requests } = upstash.stats();
    const readings = await readRows(process, 50);
    expect(upstash.stats().requests).toBe(requests);
    expect(
      readings.every(({ status, detail }) => status === "bypass" && detail === "store-unreachable"),
    ).toBe(true);
  });

  test("is probed by one request when a frozen process resumes, and used again once a probe succeeds", async () => {
    upstash.intercept(never);
    await readRows(a, 20);
    const freeze = async () => {
      a.freeze();
      a.thaw();
      await a.jumpClock(FREEZE_MS);
      return upstash.stats().requests;
    };
    const beforeFailure = await freeze();
    expectWithinBudget(a, await readRows(a, 20));
    expect(upstash.stats().requests).toBe(beforeFailure + 1);

    const beforeRecovery = await freeze();
    upstash.intercept();
    const probe = await a.read("row", newRow("recovered"));
    expect(probe).toMatchObject({ status: "miss", stored: true });
    expect(upstash.stats().requests).toBe(beforeRecovery + 3);
    expect(breakerOf(a)).toEqual(["open", "half-open", "half-open", "closed"]);
  });
});

test("a store that answers every third request with a 500 causes no failed and no late read", async () => {
  let requests = 0;
  upstash.intercept((_, run) => {
    requests += 1;
    if (requests % 3 === 0) throw new HttpError(500, "ERR internal error");
    return run();
  });
  const readings = await readRows(a, 60);
  expectWithinBudget(a, readings);
  const kept = readings.filter(({ stored }) => stored).length;
  expect(kept).toBeGreaterThan(10);
  expect(kept).toBeLessThan(50);
  expect(breakerOf(a)).not.toContain("half-open");
});

test("a store whose answers never end delays reads by three time limits of the store at most", async () => {
  await using proxy = await startUpstashProxy(upstash, async ({ forward }, response) => {
    const { body } = await forward();
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.write(body.slice(0, -1));
  });
  await using process = await start(proxy, SHORT_STORE_TIMEOUT_MS);
  await process.get("row", newRow("first"));
  expectWithinBudget(process, await readRows(process, 30), SHORT_STORE_TIMEOUT_MS);
  expect(breakerOf(process)).toEqual(["open"]);
  expect(process.unhandled).toEqual([]);
});

/** Executes each command and drops the first `times` answers to it. */
function loseAnswers(times: number): Intercept {
  const seen = new Map<string, number>();
  return async (commands, run) => {
    const replies = await run();
    const key = JSON.stringify(commands.map((command) => command.map(String)));
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    if (count < times) throw new Error("connection reset");
    return replies;
  };
}

describe("a connection that breaks after the command was executed", () => {
  test("causes one harmless repetition: one load, stored once, no lease left", async () => {
    upstash.intercept(loseAnswers(1));
    const row = newRow("value");
    expect(await a.read("row", row)).toMatchObject({ status: "miss", stored: true });
    expect(await b.read("row", row)).toMatchObject({ status: "hit", value: "value" });
    expect(await upstash.redis.call(["EXISTS", `cache:1:lease:row:id:${row.id}`])).toBe(0);

    database.set(row.id, "new");
    await b.invalidate(`row:${row.id}`);
    expect(await a.get("row", row)).toBe("new");
    database.set(row.id, "newer");
    await b.remove("row", { id: row.id });
    expect(await a.get("row", row)).toBe("newer");
    const rows = [newRow("x"), newRow("y")];
    expect(await a.getMany("row", rows)).toEqual(["x", "y"]);
    expect((await b.read("row", rows[0] ?? row)).status).toBe("hit");
  });

  test("every time leaves a lease without a holder, for which others wait no longer than allowed", async () => {
    upstash.intercept(async (commands, run) => {
      const replies = await run();
      if (stepOf(commands[0] ?? []) === "lease") throw new Error("connection reset");
      return replies;
    });
    const row = newRow("value");
    expect(await a.read("row", row)).toMatchObject({ status: "bypass", value: "value" });
    upstash.intercept();
    const waited = await b.read("row", row, 3_000);
    expect(waited).toMatchObject({ value: "value" });
    expect(waited.tookMs).toBeLessThan(3_000);
  });

  test.each([
    ["an invalidation", (id: number) => b.invalidate(`row:${id}`), true],
    ["a deletion", (id: number) => b.remove("row", { id }), false],
  ])("does not undo %s between a commit and its repetition", async (_, invalidate, stored) => {
    const row = newRow("old");
    let isFirst = true;
    upstash.intercept(async (commands, run) => {
      const replies = await run();
      if (!isFirst || stepOf(commands[0] ?? []) !== "commit") return replies;
      isFirst = false;
      database.set(row.id, "new");
      upstash.intercept();
      await invalidate(row.id);
      throw new Error("connection reset");
    });
    expect(await a.read("row", row)).toMatchObject({ value: "old", stored });
    expect([await a.get("row", row), await b.get("row", row)]).toEqual(["new", "new"]);
  });
});

test("a commit that is executed long after its client's time limit is refused when its entry was invalidated", async () => {
  for (const invalidate of [
    (id: number) => b.invalidate(`row:${id}`),
    (id: number) => b.remove("row", { id }),
    () => b.clear(),
  ]) {
    const row = newRow("old");
    const hold = stops.stopAt(["commit", "before"]);
    const reading = await a.read("row", row);
    expect(reading).toMatchObject({ value: "old", stored: false, detail: "store-unreachable" });
    database.set(row.id, "new");
    await invalidate(row.id);
    hold.letGo();
    await hold.done;
    expect([await a.get("row", row), await b.get("row", row)]).toEqual(["new", "new"]);
  }
});

test("an invalidation whose answers are lost rejects, although it was executed, and can be repeated", async () => {
  const row = newRow("old");
  await a.get("row", row);
  database.set(row.id, "new");
  upstash.intercept(loseAnswers(2));
  await expect(b.invalidate(`row:${row.id}`)).rejects.toThrow("invalidation_failed");
  upstash.intercept();
  expect(await a.get("row", row)).toBe("new");
  await b.invalidate(`row:${row.id}`);
  expect(await a.read("row", row)).toMatchObject({ status: "miss", value: "new" });
});

test("an invalidation whose first request arrives long after its repetition restores nothing old", async () => {
  const row = newRow("old");
  const arrival = Promise.withResolvers<void>();
  let late: Promise<unknown> | undefined;
  upstash.intercept((_, run) => {
    if (late !== undefined) return run();
    late = arrival.promise.then(() => run());
    throw new Error("connection reset");
  });
  await b.invalidate(`row:${row.id}`);
  expect(await a.read("row", row)).toMatchObject({ value: "old", stored: true });
  database.set(row.id, "new");
  await b.invalidate(`row:${row.id}`);
  arrival.resolve();
  await late;
  expect([await a.get("row", row), await b.get("row", row)]).toEqual(["new", "new"]);
});

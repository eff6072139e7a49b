import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type CacheProcess,
  type Origin,
  type RowParams,
  startCacheProcess,
} from "../../support/cache-process.ts";
import { entriesOf, fillStops, type Step, stepOf } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** Every row has its own tag, one that it shares with every tenth row and one with every second. */
const rowOf = (id: number): RowParams => ({ id, tags: [`tenth:${id % 10}`, `half:${id % 2}`] });
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => rowOf(from + index));

/** A hundred rows, grouped by their state in the cache or the outcome of their loads. */
const [CACHED, STALE, NEGATIVE, FAILING] = [rows(0, 30), rows(30, 50), rows(50, 60), rows(60, 65)];
const MISSING = rows(65, 100);
const GOOD = [...CACHED, ...STALE, ...MISSING];
const ALL = rows(0, 100);
const has = (some: readonly RowParams[], id: number) => some.some((row) => row.id === id);

let upstash: TestUpstash;
let stops: ReturnType<typeof fillStops>;
let [a, b] = [] as unknown as [CacheProcess, CacheProcess];
/** The value of each row in the table is `<generation> <id>`. */
let generation = "old";
/** Ids of the rows of each load, in the order of the loads. */
let loads: number[][] = [];

function valueOf(id: number): unknown {
  if (has(NEGATIVE, id)) return undefined;
  return has(FAILING, id) ? new Error(`row ${id} cannot be read`) : `${generation} ${id}`;
}

const table: Origin = async ({ params, isBulk }) => {
  loads.push(params.map(({ id }) => id));
  const values = params.map(({ id }) => valueOf(id));
  await stops.inLoad();
  if (isBulk) return values;
  if (values[0] instanceof Error) throw values[0];
  return values[0];
};
let origin = table;

beforeAll(async () => {
  upstash = await testUpstash();
  stops = fillStops(upstash);
  const settings = {
    ttl: "1 minute",
    staleWhileRevalidate: "1 hour",
    bulk: true,
    compression: false,
  } as const;
  // The load time of large rows is unknown yet, so their leases are long enough for slow machines.
  const resources = { row: settings, large_row: settings };
  const start = () => startCacheProcess({ upstash, resources, origin: (load) => origin(load) });
  [a, b] = await Promise.all([start(), start()]);
});
beforeEach(async () => {
  await b.clear();
  origin = table;
  generation = "old";
  loads = [];
});
afterEach(() => upstash.intercept());
afterAll(() => Promise.all([a, b, upstash].map((each) => each[Symbol.asyncDispose]())));

/** Fills the store with the initial entries, and changes every row of the table. */
async function prepare(): Promise<void> {
  await b.getMany("row", [...CACHED, ...STALE, ...NEGATIVE]);
  await b.expire(...STALE.map(({ id }) => `row:${id}`));
  generation = "new";
  loads = [];
}

/** Expected values of the hundred rows at the next read. */
const expected = (cached: string) =>
  ALL.map(({ id }) => {
    if (has(CACHED, id)) return `${cached} ${id}`;
    return valueOf(id);
  });

/** Every request to the store from now on: its kind, and the number of its entries. */
function recordRequests(): [Step, number][] {
  const requests: [Step, number][] = [];
  upstash.intercept((commands, run) => {
    expect(commands).toHaveLength(1);
    requests.push([stepOf(commands[0] ?? []), entriesOf(commands[0] ?? [])]);
    return run();
  });
  return requests;
}

describe("a hundred rows: 30 cached, 20 stale, 10 cached as not found, 5 that fail, 35 missing", () => {
  test("take one look, one lease request, one bulk load and one commit request", async () => {
    await prepare();
    const requests = recordRequests();
    expect(await a.getMany("row", ALL)).toEqual(expected("old"));
    expect(requests.filter(([step]) => step !== "release")).toEqual([
      ["look", 1],
      ["lease", 60],
      ["commit", 55],
    ]);
    expect(loads).toEqual([[...STALE, ...FAILING, ...MISSING].map(({ id }) => id)]);

    requests.length = 0;
    expect(await b.getMany("row", GOOD)).toEqual(expected("old").filter((_, id) => has(GOOD, id)));
    expect(requests).toEqual([["look", 1]]);
  });

  test("are returned in the order of the request, and loaded once however often they are named in it", async () => {
    await prepare();
    const shuffled = [...ALL, ...ALL].toSorted((x, y) => ((x.id * 37) % 101) - ((y.id * 37) % 101));
    const values = await a.getMany("row", shuffled);
    expect(values).toEqual(shuffled.map(({ id }) => expected("old")[id]));
    expect(loads.flat()).toHaveLength(60);
  });

  test("with overlapping tags that are invalidated during the load: each depends on its own tags only", async () => {
    await prepare();
    const asOfItsLoad = expected("old");
    const hold = stops.stopAt(["load", "after"]);
    const reading = a.getMany("row", ALL);
    await hold.reached;
    generation = "newer";
    await b.invalidate("tenth:3", "half:0");
    const isDropped = (id: number) => id % 10 === 3 || id % 2 === 0;
    const during = [23, 73, 74, 71].flatMap((id) =>
      [a, b].map((each) => each.get("row", rowOf(id))),
    );
    hold.letGo();

    expect(await reading).toEqual(asOfItsLoad);
    const seen = ["newer 23", "newer 73", "newer 74", "new 71"].flatMap((value) => [value, value]);
    expect(await Promise.all(during)).toEqual(seen);
    const after = GOOD.map(({ id }) => {
      if (isDropped(id)) return `newer ${id}`;
      return has(CACHED, id) ? `old ${id}` : `new ${id}`;
    });
    expect(await b.getMany("row", GOOD)).toEqual(after);
    expect(await a.getMany("row", GOOD)).toEqual(after);
  });

  test("asked for by two processes at once are loaded once each", async () => {
    const [byA, byB] = await Promise.all([
      a.getMany("row", GOOD),
      b.getMany("row", GOOD.toReversed()),
    ]);
    expect(byA).toEqual(GOOD.map(({ id }) => `old ${id}`));
    expect(byB).toEqual(byA.toReversed());
    expect(loads.flat().toSorted((x, y) => x - y)).toEqual(GOOD.map(({ id }) => id));
  });
});

test("a read that joins a failing bulk load is not served an entry invalidated before it began", async () => {
  const [row, other] = [rowOf(1), rowOf(2)];
  await a.getMany("row", [row, other]);
  await b.expire("rows");
  generation = "new";

  const looks = [0, 1].map(() => ({
    reached: Promise.withResolvers<void>(),
    released: Promise.withResolvers<void>(),
  }));
  let looked = 0;
  upstash.intercept(async (commands, run) => {
    const replies = await run();
    const look = stepOf(commands[0] ?? []) === "look" ? looks[looked++] : undefined;
    look?.reached.resolve();
    await look?.released.promise;
    return replies;
  });
  const [loadBegan, loadFails] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  origin = async (load) => {
    if (!load.isBulk) return table(load);
    loadBegan.resolve();
    await loadFails.promise;
    throw new Error("the database is down");
  };

  const batch = a.getMany("row", [row, other]);
  await looks[0]?.reached.promise;
  await b.invalidate("row:1");
  const joining = a.get("row", row);
  await looks[1]?.reached.promise;
  looks[0]?.released.resolve();
  await loadBegan.promise;
  looks[1]?.released.resolve();
  a.events.length = 0;
  await expect.poll(() => a.events.map(({ type }) => type)).toContain("miss");
  loadFails.resolve();
  expect(await joining).toBe("new 1");
  expect(await batch).toEqual([new Error("the database is down"), "old 2"]);
});

test("a value that is too large for the store does not affect the values beside it, and no read waits for it", async () => {
  const large = "x".repeat(11 * 1024 * 1024);
  origin = ({ params, isBulk }) => {
    const values = params.map(({ id }) => (id === 5 ? large : valueOf(id)));
    loads.push(params.map(({ id }) => id));
    return isBulk ? values : values[0];
  };
  const few = rows(0, 10);
  const values = await a.getMany("large_row", few);
  expect(values.map((value) => value === large)).toEqual(few.map(({ id }) => id === 5));
  loads = [];
  b.events.length = 0;
  const again = await b.getMany("large_row", few);
  expect(again).toEqual(values);
  expect(loads).toEqual([[5]]);
  expect(b.events.map(({ type }) => type)).not.toContain("lease-denied");
});

const TEXTS = [
  "42",
  "null",
  "1e400",
  "12345678901234567890",
  "",
  " ",
  "\ud800",
  "x\udc00y",
  "\u0000",
  "\u2028",
  "\ufeff",
  "1.\n[]\n",
  '"',
  "\\",
  "안녕 🎉",
];
const OTHERS: unknown[] = [
  0,
  -1.5,
  1e21,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  2 ** 53,
  true,
  null,
  [],
  {},
  [null, "null", [[]]],
  { "\ud800": "\udfff" },
  JSON.parse('{"__proto__": 1}'),
  new Uint8Array(),
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
];

test("values are returned unchanged, singly and in batches, in both processes", async () => {
  const values = [...TEXTS, ...OTHERS];
  origin = ({ params, isBulk }) => {
    const found = params.map(({ id }) => values[id]);
    return isBulk ? found : found[0];
  };
  const all = values.map((_, id) => rowOf(id));
  expect(await a.getMany("row", all)).toStrictEqual(values);
  origin = () => expect.unreachable("all of it is cached");
  for (const process of [a, b]) {
    expect(await process.getMany("row", all)).toStrictEqual(values);
    for (const row of all) expect(await process.get("row", row)).toStrictEqual(values[row.id]);
  }
});

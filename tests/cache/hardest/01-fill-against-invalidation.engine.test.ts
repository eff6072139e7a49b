import type { Intercept } from "@algoitny/local/upstash/start";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CacheProcess, type Origin, startCacheProcess } from "../../support/cache-process.ts";
import { type Hold, holdStep, scriptCall, type Step, stepOf } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/upstash.ts";

/** Where a fill can be when something is invalidated: before and after each of its requests, and in its load. */
const PLACES: readonly [Step | "load", "before" | "after"][] = [
  ["look", "before"],
  ["look", "after"],
  ["lease", "before"],
  ["lease", "after"],
  ["load", "after"],
  ["commit", "before"],
  ["commit", "after"],
];

/** `row` is loaded by a read that finds nothing, `old_row` by the refresh of an expired entry. */
const FILLS = {
  "a first load": { resource: "row", begin: (id: number) => a.get("row", { id }) },
  "a background refresh": {
    resource: "old_row",
    begin: (id: number) => a.refresh("old_row", { id }),
  },
};
type Fill = keyof typeof FILLS;

/** Done by the other process; `exact`: from then on nobody may see what was true before. */
const INVALIDATIONS = {
  "delete of the key": { by: (id: number, name: string) => b.delete(`${name}:id:${id}`) },
  "invalidation of a tag": { by: (id: number) => b.invalidate(`row:${id}`) },
  clear: { by: () => b.clear() },
  expire: { by: (id: number) => b.expire(`row:${id}`) },
};
type Invalidation = keyof typeof INVALIDATIONS;

let upstash: TestUpstash;
let [a, b, next] = [] as unknown as [CacheProcess, CacheProcess, CacheProcess];
let lastId = 0;
/** What the origin would say now, by row. */
const database = new Map<number, number>();
/** The load that is under way waits for this, once. */
let held: Hold | undefined;

const origin: Origin = async ({ process, params: [row] }) => {
  const version = database.get(row?.id ?? 0);
  await held?.hook([["LOAD"]], async () => []);
  return { version, shape: process === "next" ? 2 : 1 };
};

/** As a process runs it: `next` is a new deployment, in which the value has another shape. */
function start(name: string, version: number): Promise<CacheProcess> {
  const resources = {
    row: { fresh: "1 minute", version },
    old_row: { fresh: "1 minute", stale: "1 minute", version },
  } as const;
  return startCacheProcess({ name, upstash, origin, resources });
}

beforeAll(async () => {
  upstash = await testUpstash();
  [a, b, next] = await Promise.all([start("a", 1), start("b", 1), start("next", 2)]);
});
afterEach(() => upstash.intercept());
afterAll(() => Promise.all([a, b, next, upstash].map((each) => each[Symbol.asyncDispose]())));

/**
 * Process a fills an entry with the old version and is stopped at `place`; the row changes, `invalidate` is done and
 * has returned. Then reads begin in both processes, the fill goes on, and reads begin again. Returns what they saw.
 */
async function race(
  { resource, begin }: (typeof FILLS)[Fill],
  [step, when]: (typeof PLACES)[number],
  invalidate: (id: number, resource: string) => Promise<void>,
  store: Intercept = (_, run) => run(),
) {
  const id = ++lastId;
  database.set(id, 1);
  if (resource === "old_row") {
    await a.get(resource, { id });
    await b.expire(`row:${id}`);
    database.set(id, 2);
  }
  const stop = step === "load" ? holdLoad() : holdStep(step, when);
  if (step === "load") upstash.intercept(store);
  else upstash.intercept((commands, run) => stop.hook(commands, () => store(commands, run)));
  const filling = begin(id);
  await stop.reached;

  database.set(id, 3);
  await invalidate(id, resource);
  const during = [a, b].map((process) => process.get(resource, { id }));
  stop.letGo();
  const seenDuring = await Promise.all(during);
  await filling;
  const seenAfter = [await a.get(resource, { id }), await b.get(resource, { id })];
  return { id, resource, seenDuring, seenAfter };
}

/** Holds the next load between its answer and its process. */
function holdLoad(): Hold {
  const { hook, ...hold } = holdStep("other", "after");
  held = {
    ...hold,
    hook: (commands, run) => {
      held = undefined;
      return hook(commands, run);
    },
  };
  return held;
}

/** The places of a fill in which it made a later read see what was true before the invalidation. */
async function placesThatShowOld(fill: Fill, invalidation: Invalidation, store?: Intercept) {
  const places: string[] = [];
  for (const place of PLACES) {
    const { by } = INVALIDATIONS[invalidation];
    const { seenDuring, seenAfter } = await race(FILLS[fill], place, by, store);
    // Expired values may be served while they are refreshed, but not once that is over.
    const seen =
      invalidation === "expire" && fill === "a background refresh"
        ? seenAfter
        : [...seenDuring, ...seenAfter];
    const isOld = seen.some((value) => (value as { version: number }).version !== 3);
    if (isOld) places.push(`${place[1]} ${place[0]}`);
  }
  return places;
}

/** What a store does that does not look before it writes. */
const withoutFence: Intercept = async (commands, run) => {
  const [command = []] = commands;
  if (stepOf(command) !== "commit") return run();
  const { keys, args } = scriptCall(command);
  await upstash.redis.call(["SET", keys[0] ?? "", args[1] ?? "", "PX", args[2] ?? ""]);
  return [1];
};

describe("a read that begins after an invalidation in another process never sees what was true before", () => {
  const cases = (Object.keys(FILLS) as Fill[]).flatMap((fill) =>
    (Object.keys(INVALIDATIONS) as Invalidation[]).map((each) => [each, fill] as const),
  );
  test.each(cases)("%s, at any time during %s", async (invalidation, fill) => {
    expect(await placesThatShowOld(fill, invalidation)).toEqual([]);
  });

  test.each(Object.keys(FILLS) as Fill[])(
    "a deployment that changes the value's shape, at any time during %s",
    async (fill) => {
      const readByNext = async (id: number, resource: string) => {
        expect(await next.get(resource, { id })).toEqual({ version: 3, shape: 2 });
      };
      for (const place of PLACES) {
        const { id, resource, seenAfter } = await race(FILLS[fill], place, readByNext);
        await readByNext(id, resource);
        expect(seenAfter).toEqual([
          expect.objectContaining({ shape: 1 }),
          expect.objectContaining({ shape: 1 }),
        ]);
      }
    },
  );
});

describe("the same races bite: over a store that stores whatever it is given", () => {
  test.each(Object.keys(FILLS) as Fill[])("%s brings a deleted entry back", async (fill) => {
    const places = await placesThatShowOld(fill, "delete of the key", withoutFence);
    expect(places).toEqual(["after load", "before commit"]);
  });

  test("stamps in the entries still protect from what tags have invalidated", async () => {
    expect(await placesThatShowOld("a first load", "invalidation of a tag", withoutFence)).toEqual(
      [],
    );
  });
});

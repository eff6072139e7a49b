import type { Intercept } from "@algoitny/local/upstash/start-upstash";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CacheProcess, type Origin, startCacheProcess } from "../../support/cache-process.ts";
import { commitOf, fillStops, PLACES, stepOf } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** `row` is loaded by a read that finds nothing, `old_row` by the refresh of an expired entry. */
const FILLS = {
  "a first load": { resource: "row", begin: (id: number) => a.get("row", { id }) },
  "a background refresh": {
    resource: "old_row",
    begin: (id: number) => a.refresh("old_row", { id }),
  },
};
type Fill = keyof typeof FILLS;

/** Invalidations by the other process; only after `expire` may a read return the old value, while it is refreshed. */
const INVALIDATIONS = {
  "delete of the key": { by: (id: number, name: string) => b.remove(name, { id }) },
  "invalidation of a tag": { by: (id: number) => b.invalidate(`row:${id}`) },
  clear: { by: () => b.clear() },
  expire: { by: (id: number) => b.expire(`row:${id}`) },
};
type Invalidation = keyof typeof INVALIDATIONS;

interface Value {
  version: number | undefined;
  shape: number;
}
const NEW_SHAPE: Value = { version: 3, shape: 2 };

let upstash: TestUpstash;
let [a, b, newer] = [] as unknown as [CacheProcess, CacheProcess, CacheProcess];
let lastId = 0;
/** Current version of each row in the origin, by id. */
const database = new Map<number, number>();
let stops: ReturnType<typeof fillStops>;

const origin: Origin = async ({ process, params: [row] }) => {
  const version = database.get(row?.id ?? 0);
  await stops.inLoad();
  return { version, shape: process === "newer" ? 2 : 1 } satisfies Value;
};

/** Starts a process with both resources: `newer` is a new deployment, in which values have another shape. */
function start(name: string, version: number): Promise<CacheProcess> {
  const resources = {
    row: { ttl: "1 minute", version },
    old_row: { ttl: "1 minute", staleWhileRevalidate: "1 minute", version },
  } as const;
  return startCacheProcess({ name, upstash, origin, resources });
}

beforeAll(async () => {
  upstash = await testUpstash();
  stops = fillStops(upstash);
  [a, b, newer] = await Promise.all([start("a", 1), start("b", 1), start("newer", 2)]);
});
afterEach(() => upstash.intercept());
afterAll(() => Promise.all([a, b, newer, upstash].map((each) => each[Symbol.asyncDispose]())));

/** Variations of a race: `readers` begin right after the invalidation, and again when the fill is over. */
interface Race {
  fill: Fill;
  place: (typeof PLACES)[number];
  invalidate: (id: number, resource: string) => Promise<void>;
  readers?: readonly CacheProcess[];
  store?: Intercept | undefined;
}

/**
 * Process a fills an entry with the old version and is stopped at `place`; the row changes, and `invalidate` resolves.
 * Then reads begin, the fill continues, and reads begin again. Returns the values of these reads.
 */
async function race({ fill, place, invalidate, readers = [a, b], store }: Race) {
  const { resource, begin } = FILLS[fill];
  const id = ++lastId;
  database.set(id, 1);
  if (resource === "old_row") {
    await a.get(resource, { id });
    await b.expire(`row:${id}`);
    database.set(id, 2);
  }
  const hold = stops.stopAt(place, store);
  const filling = begin(id);
  await hold.reached;

  database.set(id, 3);
  await invalidate(id, resource);
  const read = (process: CacheProcess) => process.get(resource, { id }) as Promise<Value>;
  const during = readers.map(read);
  hold.letGo();
  const seenDuring = await Promise.all(during);
  await filling;
  const seenAfter: Value[] = [];
  // One read after the other: of two concurrent ones, one would refresh the expired entry and the other get it
  // meanwhile.
  for (const process of readers) seenAfter.push(await read(process));
  return { seenDuring, seenAfter };
}

/** The places of a fill at which a later read saw the value from before the invalidation. */
async function placesThatShowOld(fill: Fill, invalidation: Invalidation, store?: Intercept) {
  const { by: invalidate } = INVALIDATIONS[invalidation];
  // An expired value may be served while it is refreshed, but not after that.
  const isSoft = invalidation === "expire" && fill === "a background refresh";
  const places: string[] = [];
  for (const place of PLACES) {
    const { seenDuring, seenAfter } = await race({ fill, place, invalidate, store });
    const seen = isSoft ? seenAfter : [...seenDuring, ...seenAfter];
    if (seen.some(({ version }) => version !== 3)) places.push(`${place[1]} ${place[0]}`);
  }
  return places;
}

/** A store that commits without comparing the stamps. */
const withoutFence: Intercept = async (commands, run) => {
  const [command = []] = commands;
  if (stepOf(command) !== "commit") return run();
  const { entryKey, leaseKey, entry, lifetimeMs } = commitOf(command);
  await upstash.redis.call(["SET", entryKey, entry, "PX", lifetimeMs]);
  await upstash.redis.call(["DEL", leaseKey]);
  return [[[1, ""]] as never];
};

const fills = Object.keys(FILLS) as Fill[];
const invalidations = Object.keys(INVALIDATIONS) as Invalidation[];

describe("a read that begins after an invalidation in another process never sees the value from before it", () => {
  const cases = fills.flatMap((fill) => invalidations.map((each) => [each, fill] as const));
  test.each(cases)("%s, at any time during %s", async (invalidation, fill) => {
    expect(await placesThatShowOld(fill, invalidation)).toEqual([]);
  });

  test.each(fills)("a new version of the resource, at any time during %s", async (fill) => {
    for (const place of PLACES) {
      const invalidate = async () => {}; // the deployment itself is what makes entries wrong
      const { seenDuring, seenAfter } = await race({ fill, place, invalidate, readers: [newer] });
      expect([...seenDuring, ...seenAfter]).toEqual([NEW_SHAPE, NEW_SHAPE]);
    }
  });
});

describe("without the fence the same races store old values:", () => {
  test.each(fills)("%s restores a deleted entry", async (fill) => {
    const places = await placesThatShowOld(fill, "delete of the key", withoutFence);
    expect(places).toEqual(["after load", "before commit"]);
  });

  test.each(fills)("a read that waits for %s gets an invalidated value", async (fill) => {
    const places = await placesThatShowOld(fill, "invalidation of a tag", withoutFence);
    expect(places).toEqual(["after load"]);
  });
});

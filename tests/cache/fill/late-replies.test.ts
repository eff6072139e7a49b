import { describe, expect, test } from "vitest";
import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";
import { holdReplies } from "../../support/held-replies.ts";

const tags = defineTags({ row: () => [] });

type Fleet = ReturnType<typeof setup>;

/** A process whose replies can be held, and another one over the same store. Each process reads data of its own. */
function setup() {
  const { clock, store, cache: other } = fleet({ storeTimeout: "1 minute" });
  const { store: held, hold } = holdReplies(store);
  const options = { clock, random: () => 0.5, storeTimeout: "1 minute" } as const;
  const cache = new Cache({ store: held, ...options });
  const database: { value: string | Promise<string> } = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    fresh: "10 seconds",
    staleIfError: "1 hour",
    jitter: 0,
    load: () => database.value,
  });
  return { clock, cache, other, row, database, hold };
}

/** Both ways to read: each has its own way to the store. */
const READS = {
  get: ({ cache, row }: Fleet) => cache.get(row, undefined),
  getMany: async ({ cache, row }: Fleet) => {
    const [value] = await cache.getMany(row, [undefined]);
    if (value instanceof Error) throw value;
    return value;
  },
};

describe.for(Object.entries(READS))("with %s", ([, read]) => {
  test("a read that begins after an invalidation does not take a value whose commit was older, however late its reply", async () => {
    const parts = setup();
    const { clock, cache, other, row, database, hold } = parts;
    const commit = hold("commit");
    const before = read(parts);
    await commit.done;
    database.value = "new";
    await other.invalidate([tags.row()]);
    const after = cache.get(row, undefined);
    await clock.advance(0);
    commit.release();
    expect([await before, await after]).toEqual(["old", "new"]);
  });

  test("a read that begins after an invalidation does not take a stand-in whose lease was older", async () => {
    const parts = setup();
    const { clock, cache, other, row, database, hold } = parts;
    await other.get(row, undefined);
    await clock.advance(15_000);
    const lease = hold("lease");
    const failing = Promise.withResolvers<string>();
    database.value = failing.promise;
    const before = read(parts);
    await lease.done;
    await other.invalidate([tags.row()]);
    // Its own look comes back when the load of the first read is known to the process.
    const look = hold("mget");
    const after = cache.get(row, undefined);
    await look.done;
    lease.release();
    await clock.advance(0);
    look.release();
    await clock.advance(0);
    database.value = "new";
    failing.reject(new Error("database down"));
    await clock.advance(10_000);
    expect([await before, await after]).toEqual(["old", "new"]);
  });
});

test("a read that begins after an invalidation does not take what one that waits found before", async () => {
  const { clock, cache, other, row, database, hold } = setup();
  const loading = Promise.withResolvers<string>();
  database.value = loading.promise;
  const leader = other.get(row, undefined);
  await clock.advance(0);
  const before = cache.get(row, undefined);
  await clock.advance(0);
  loading.resolve("old");
  await leader;
  const look = hold("mget");
  await clock.advance(1_000);
  await look.done;
  database.value = "new";
  await other.invalidate([tags.row()]);
  const after = cache.get(row, undefined);
  await clock.advance(0);
  look.release();
  await clock.advance(10_000);
  expect([await before, await after]).toEqual(["old", "new"]);
});

test("a read that begins after an invalidation does not take the entry that a lease request brought along", async () => {
  const { clock, cache, other, row, database, hold } = setup();
  const look = hold("mget");
  const before = cache.get(row, undefined);
  await look.done;
  await other.get(row, undefined);
  const lease = hold("lease");
  look.release();
  await lease.done;
  database.value = "new";
  await other.invalidate([tags.row()]);
  const after = cache.get(row, undefined);
  await clock.advance(0);
  lease.release();
  expect([await before, await after]).toEqual(["old", "new"]);
});

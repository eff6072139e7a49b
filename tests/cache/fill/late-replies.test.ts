import { describe, expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [] });

type Fleet = ReturnType<typeof setup>;

/** A process whose replies can be held, and another one over the same store. */
function setup() {
  const { clock, cache, other, holdReply } = unreliableFleet({ storeTimeout: "1 minute" });
  const database: { value: string | Promise<string> } = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "10 seconds",
    staleIfError: "1 hour",
    jitter: 0,
    load: () => database.value,
  });
  return { clock, cache, other, row, database, holdReply };
}

/** Both kinds of reads. */
const READS = {
  get: ({ cache, row }: Fleet) => cache.get(row, undefined),
  getMany: async ({ cache, row }: Fleet) => {
    const [value] = await cache.getMany(row, [undefined]);
    if (value instanceof Error) throw value;
    return value;
  },
};

describe.for(Object.entries(READS))("with %s", ([, read]) => {
  test("a read that begins after an invalidation does not get a value that was committed before it, however late the commit's reply", async () => {
    const parts = setup();
    const { clock, cache, other, row, database, holdReply } = parts;
    const commit = holdReply("commit");
    const before = read(parts);
    await commit.reached;
    database.value = "new";
    await other.invalidate([tags.row()]);
    const after = cache.get(row, undefined);
    await clock.advance(0);
    commit.release();
    expect([await before, await after]).toEqual(["old", "new"]);
  });

  test("a read that begins after an invalidation does not get the fallback of a load whose lease is older", async () => {
    const parts = setup();
    const { clock, cache, other, row, database, holdReply } = parts;
    await other.get(row, undefined);
    await clock.advance(15_000);
    const lease = holdReply("lease");
    const failing = Promise.withResolvers<string>();
    database.value = failing.promise;
    const before = read(parts);
    await lease.reached;
    await other.invalidate([tags.row()]);
    // The second read's look is answered when the process knows the first read's load.
    const look = holdReply("mget");
    const after = cache.get(row, undefined);
    await look.reached;
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

test("a read that begins after an invalidation does not get an entry that a waiting read found before it", async () => {
  const { clock, cache, other, row, database, holdReply } = setup();
  const loading = Promise.withResolvers<string>();
  database.value = loading.promise;
  const leader = other.get(row, undefined);
  await clock.advance(0);
  const before = cache.get(row, undefined);
  await clock.advance(0);
  loading.resolve("old");
  await leader;
  const look = holdReply("mget");
  await clock.advance(1_000);
  await look.reached;
  database.value = "new";
  await other.invalidate([tags.row()]);
  const after = cache.get(row, undefined);
  await clock.advance(0);
  look.release();
  await clock.advance(10_000);
  expect([await before, await after]).toEqual(["old", "new"]);
});

test("a read that begins after an invalidation does not get an entry from the reply to an older lease request", async () => {
  const { clock, cache, other, row, database, holdReply } = setup();
  const look = holdReply("mget");
  const before = cache.get(row, undefined);
  await look.reached;
  await other.get(row, undefined);
  const lease = holdReply("lease");
  look.release();
  await lease.reached;
  database.value = "new";
  await other.invalidate([tags.row()]);
  const after = cache.get(row, undefined);
  await clock.advance(0);
  lease.release();
  expect([await before, await after]).toEqual(["old", "new"]);
});

import { expect, test } from "vitest";
import { defineResource, subscribe } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

function setup({ staleIfError = "0 seconds" } = {}) {
  const parts = fleet({ maxStaleness: "150 seconds" });
  const database = { value: "old", isDown: false };
  const row = defineResource<void, string>({
    name: "row",
    ttl: "1 hour",
    jitter: 0,
    staleIfError: staleIfError as "1 hour",
    load: () => {
      if (database.isDown) throw new Error("the database is down");
      return database.value;
    },
  });
  return { ...parts, row, database };
}

test("without a beat an entry counts as confirmed until it is older than `maxStaleness`", async () => {
  const { cache, clock, row } = setup();
  await cache.get(row, undefined);
  await clock.advance(150_000);
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
  await clock.advance(1);
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("each beat confirms the stored entries again", async () => {
  const { cache, clock, row } = setup();
  let expected: string | null = null;
  const beat = async () => {
    ({ value: expected } = await cache.beat({ closedMs: clock.now() - 5_000, expected }));
  };
  await beat();
  await cache.get(row, undefined);
  for (let minutes = 0; minutes < 10; minutes += 1) {
    await clock.advance(60_000);
    await beat();
  }
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
  await clock.advance(146_000);
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("a store that comes back with an older state is cleared by the next beat", async () => {
  const { cache, clock, row, database, store } = setup();
  const { value } = await cache.beat({ closedMs: clock.now(), expected: null });
  await cache.get(row, undefined);
  await clock.advance(1_000);
  const names = (await store.walk({ pattern: "*", remove: [] })).keys;
  const image = await store.mget(names);
  const { value: next } = await cache.beat({ closedMs: clock.now(), expected: value });
  database.value = "new";
  await cache.invalidate(row);
  for (const [index, name] of names.entries()) store.put(name, image[index] ?? "");
  expect(await cache.get(row, undefined)).toBe("old");
  await clock.advance(1_000);
  expect((await cache.beat({ closedMs: clock.now(), expected: next })).state).toBe("cleared");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("an unconfirmed entry is served only when its load fails", async () => {
  const { cache, clock, row, database } = setup({ staleIfError: "1 hour" });
  await cache.get(row, undefined);
  await clock.advance(150_001);
  database.isDown = true;
  const standing = await cache.getEntry(row, undefined);
  expect([standing.status, standing.detail]).toEqual(["stale", "load-failed"]);
});

test.each(["0 seconds", "1 hour"])(
  'a miss gives the reason "unconfirmed" for its entry, with staleIfError of %s',
  async (staleIfError) => {
    const { cache, clock, row } = setup({ staleIfError });
    const reasons: string[] = [];
    const stop = subscribe((event) => {
      if (event.type === "miss") reasons.push(event.reason);
    });
    await cache.get(row, undefined);
    await clock.advance(150_001);
    await cache.get(row, undefined);
    stop();
    expect(reasons).toEqual(["absent", "unconfirmed"]);
  },
);

test("a beat whose answer is lost is sent again with the same value, and clears nothing", async () => {
  const { store, cache, clock, row } = setup();
  const take = store.beat.bind(store);
  let loses = false;
  store.beat = async (request) => {
    const result = await take(request);
    if (!loses) return result;
    loses = false;
    throw new Error("the answer was lost");
  };
  const { value } = await cache.beat({ closedMs: clock.now(), expected: null });
  await cache.get(row, undefined);
  await clock.advance(1_000);
  loses = true;
  const next = await cache.beat({ closedMs: clock.now(), expected: value });
  expect(next.state).toBe("advanced");
  await clock.advance(1_000);
  const last = await cache.beat({ closedMs: clock.now(), expected: next.value });
  expect(last.state).toBe("advanced");
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

test("an entry whose creation time is more than 5 s ahead of the reader's clock counts as unconfirmed", async () => {
  const { cache, clock, row } = setup();
  await cache.get(row, undefined);
  clock.jump(-6_000);
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

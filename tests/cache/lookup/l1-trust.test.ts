import { expect, test } from "vitest";
import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";
import { holdReplies } from "../../support/held-replies.ts";

const tags = defineTags({ row: () => [] });

/** Time for which an entry held in the process is trusted, and for which a reply is held: 10 seconds. */
const TRUST_MS = 10_000;

/** A process that holds entries and whose replies can be held, and another one over the same store. */
function setup() {
  const { clock, store, cache: other } = fleet({ storeTimeout: "1 minute" });
  const { store: held, hold } = holdReplies(store);
  const cache = new Cache({ store: held, clock, random: () => 0.5, storeTimeout: "1 minute" });
  const database: { value: string | Promise<string> } = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    fresh: "1 hour",
    l1: { trust: "10 seconds" },
    load: () => database.value,
  });
  const change = async () => {
    database.value = "new";
    await other.invalidate([tags.row()]);
  };
  return { clock, cache, other, row, database, hold, change };
}

test("trust counts from before the look, not from its reply", async () => {
  const { clock, cache, other, row, hold, change } = setup();
  await other.get(row, undefined);
  const look = hold("mget");
  const slow = cache.get(row, undefined);
  await look.done;
  await change();
  await clock.advance(TRUST_MS);
  look.release();
  expect(await slow).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("trust counts from before the look that validates a held entry, not from its reply", async () => {
  const { clock, cache, row, hold, change } = setup();
  await cache.get(row, undefined);
  await clock.advance(TRUST_MS);
  const look = hold("mget");
  const slow = cache.get(row, undefined);
  await look.done;
  await change();
  await clock.advance(TRUST_MS);
  look.release();
  expect(await slow).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("trust counts from before the commit, not from its reply", async () => {
  const { clock, cache, row, hold, change } = setup();
  const commit = hold("commit");
  const slow = cache.get(row, undefined);
  await commit.done;
  await change();
  await clock.advance(TRUST_MS);
  commit.release();
  expect(await slow).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("what a waiting read took from another process is validated before it is served again", async () => {
  const { clock, cache, other, row, database, hold, change } = setup();
  const loading = Promise.withResolvers<string>();
  database.value = loading.promise;
  const leader = other.get(row, undefined);
  await clock.advance(0);
  const waiting = cache.get(row, undefined);
  await clock.advance(0);
  loading.resolve("old");
  await leader;
  const look = hold("mget");
  await clock.advance(1_000);
  await look.done;
  await change();
  await clock.advance(TRUST_MS);
  look.release();
  expect(await waiting).toBe("old");
  expect(await cache.get(row, undefined)).toBe("new");
});

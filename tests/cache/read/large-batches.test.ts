import { expect, test } from "vitest";
import { defineResource } from "@algoitny/cache";
import type { CommitBatch, Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";

const MIB = 1024 * 1024;
const IDS = Array.from({ length: 100 }, (_, id) => id);

/** A store that takes 200 ms for each written mebibyte, and records its requests. */
function setup({ l1 = false } = {}) {
  const sent: string[] = [];
  const { clock, cache } = fleet({
    storeTimeout: "500 milliseconds",
    wrap: (store: Store): Store => ({
      ...overNetwork(store, { fault: (operation) => (sent.push(operation), "none") }),
      commit: async (batch: CommitBatch) => {
        sent.push("commit");
        const bytes = batch.requests.reduce((sum, { rest }) => sum + rest.length, 0);
        await clock.sleep((200 * bytes) / MIB);
        return store.commit(batch);
      },
    }),
  });
  const book = defineResource<number, string>({
    name: "book",
    ttl: "1 hour",
    compression: false,
    l1,
    load: (id) => (id < 0 ? "short" : `${id}`.padEnd(100_000, ".")),
  });
  /** Reads many entries; returns the number of failures and the requests. */
  const readAll = async (options = {}) => {
    sent.length = 0;
    const reading = cache.getMany(book, IDS, options);
    await clock.advance(10_000);
    const values = await reading;
    return { failures: values.filter((value) => value instanceof Error).length, sent: [...sent] };
  };
  return { cache, clock, book, readAll };
}

const countOf = (sent: readonly string[], operation: string) =>
  sent.filter((each) => each === operation).length;

test("a batch whose commit would exceed the time of one request is committed in parts, each within the limit", async () => {
  const { cache, book, readAll } = setup();
  const { failures, sent } = await readAll();
  expect(failures).toBe(0);
  expect(countOf(sent, "commit")).toBe(10);
  expect((await cache.getEntry(book, 99)).status).toBe("hit");
});

test.each([0, -1, Number.NaN])(
  "`atOnce: %s` is refused before anything is read",
  async (atOnce) => {
    const { cache, book } = setup();
    await expect(cache.getMany(book, [1], { atOnce })).rejects.toThrow(
      `atOnce is ${atOnce}: load at least 1 entry at a time`,
    );
  },
);

test("with `atOnce`, each group of entries is stored before the next group is loaded", async () => {
  const { cache, book, readAll } = setup();
  const { failures, sent } = await readAll({ atOnce: 25 });
  expect(failures).toBe(0);
  // A look, then the lease of each group and its commits, in parts of a mebibyte.
  const group = ["lease", "commit", "commit", "commit"];
  expect(sent).toEqual(["mget", ...group, ...group, ...group, ...group]);
  expect((await cache.getEntry(book, 0)).status).toBe("hit");
});

test("many large entries are looked at in parts once their size is known, and then judged by stamps read in one moment", async () => {
  const { readAll } = setup();
  await readAll();
  expect(await readAll()).toEqual({ failures: 0, sent: ["mget", "mget", "mget", "mget"] });
});

test("large entries that the process holds are validated together, by their stamps only", async () => {
  const { readAll } = setup({ l1: true });
  await readAll();
  expect(await readAll()).toEqual({ failures: 0, sent: ["mget"] });
});

test("a snapshot of entries that were looked at in parts costs no further look", async () => {
  const { readAll } = setup();
  await readAll();
  const { failures, sent } = await readAll({ snapshot: true });
  expect({ failures, sent }).toEqual({ failures: 0, sent: ["mget", "mget", "mget", "mget"] });
});

test("the known size of large entries outlasts a batch of a few small ones", async () => {
  const { cache, clock, book, readAll } = setup();
  await readAll();
  const few = cache.getMany(book, [-1]);
  await clock.advance(1_000);
  expect(await few).toEqual(["short"]);
  expect((await readAll()).sent).toEqual(["mget", "mget", "mget", "mget"]);
});

import { expect, test } from "vitest";
import { defineResource } from "@algoitny/cache";
import type { CommitBatch, Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";

const MIB = 1024 * 1024;
const IDS = Array.from({ length: 100 }, (_, id) => id);

/** A store that takes 200 ms for each mebibyte that is written, and the requests that it has got. */
function setup() {
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
    load: (id) => `${id}`.padEnd(100_000, "."),
  });
  /** Reads many entries; returns their values and the commands sent. */
  const readAll = async (options = {}) => {
    sent.length = 0;
    const reading = cache.getMany(book, IDS, options);
    await clock.advance(10_000);
    const values = await reading;
    return { failures: values.filter((value) => value instanceof Error).length, sent: [...sent] };
  };
  return { cache, book, readAll };
}

const countOf = (sent: readonly string[], operation: string) =>
  sent.filter((each) => each === operation).length;

test("a batch that takes longer to store than one request may is stored in parts, each in its own time", async () => {
  const { cache, book, readAll } = setup();
  const { failures, sent } = await readAll();
  expect(failures).toBe(0);
  expect(countOf(sent, "commit")).toBe(10);
  expect((await cache.getEntry(book, 99)).status).toBe("hit");
});

test("many large entries are looked at in parts, once their size is known", async () => {
  const { readAll } = setup();
  await readAll();
  expect(await readAll()).toEqual({ failures: 0, sent: ["mget", "mget", "mget"] });
});

test("a snapshot of entries that were looked at in parts compares all of their stamps once more", async () => {
  const { readAll } = setup();
  await readAll();
  const { failures, sent } = await readAll({ snapshot: true });
  expect({ failures, sent }).toEqual({ failures: 0, sent: ["mget", "mget", "mget", "mget"] });
});

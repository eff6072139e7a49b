import { setImmediate as turn } from "node:timers/promises";
import type { Intercept } from "@algoitny/local/upstash/start-upstash";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type CacheProcess, startCacheProcess } from "../../support/cache-process.ts";
import { type Command, namesOf, stepOf } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** The tags of one write: each of two rows has one, a third row has both. */
const WRITTEN = ["row:1", "row:2"];
const BOTH = { id: 3, tags: WRITTEN };
const STAMPS = WRITTEN.map((tag) => `cache:1:tag:${tag}`);

/** Number of looks to wait for: enough for some to fall between the commands of a write that uses several. */
const LOOKS = 300;

let upstash: TestUpstash;
let readers: readonly CacheProcess[];
let writers: readonly CacheProcess[];
let version = 0;

beforeAll(async () => {
  upstash = await testUpstash();
  const resources = { row: { ttl: "1 minute", bulk: true, compression: false } } as const;
  const start = () =>
    startCacheProcess({
      upstash,
      resources,
      origin: ({ params, isBulk }) => (isBulk ? params.map(() => version) : version),
    });
  [readers, writers] = await Promise.all([
    Promise.all([start(), start()]),
    Promise.all([start(), start()]),
  ]);
});
afterEach(() => upstash.intercept());
afterAll(async () => {
  await Promise.all([...readers, ...writers].map((each) => each[Symbol.asyncDispose]()));
  await upstash.close();
});

/** The stamps of the write as one look saw them; undefined when it did not ask for both. */
function stampsSeen(command: Command, reply: unknown): (string | null)[] | undefined {
  if (stepOf(command) !== "look" || !Array.isArray(reply)) return undefined;
  const names = namesOf(command);
  const places = STAMPS.map((stamp) => names.indexOf(stamp));
  if (places.some((place) => place < 0)) return undefined;
  return places.map((place) => (reply[place] === null ? null : String(reply[place])));
}

/**
 * Two processes write and two read, concurrently. Counts the looks, and the torn ones: a lease creates both stamps with
 * one value and a write removes both, so a look that finds them different has seen a part of a write.
 */
async function countLooks(store: Intercept = (_, run) => run()) {
  const counts = { looks: 0, torn: 0, whole: 0 };
  upstash.intercept(async (commands, run) => {
    const replies = await store(commands, run);
    const seen = Array.isArray(replies) ? stampsSeen(commands[0] ?? [], replies[0]) : undefined;
    if (seen === undefined) return replies;
    const [one, other] = seen;
    counts.looks += 1;
    if (one !== other) counts.torn += 1;
    else if (one !== null) counts.whole += 1;
    return replies;
  });
  const isOver = () => counts.looks >= LOOKS && counts.whole > 0;
  const write = async (process: CacheProcess) => {
    while (!isOver()) {
      version += 1;
      await process.invalidate(...WRITTEN);
    }
  };
  const read = async (process: CacheProcess) => {
    while (!isOver()) {
      await process.getMany("row", [{ id: 1 }, { id: 2 }]);
      await process.get("row", BOTH);
    }
  };
  await Promise.all([...writers.map(write), ...readers.map(read)]);
  return counts;
}

test("single reads and batches see either all tags of a write invalidated or none", async () => {
  const { looks, torn } = await countLooks();
  expect([looks >= LOOKS, torn]).toEqual([true, 0]);
});

test("the same reads see a part of the tags when a write deletes one stamp after the other", async () => {
  const inPieces: Intercept = async (commands, run) => {
    const [command = []] = commands;
    if (stepOf(command) !== "delete") return run();
    for (const key of command.slice(1)) {
      await upstash.redis.call(["DEL", key]);
      for (let turns = 0; turns < 20; turns += 1) await turn();
    }
    return [command.length - 1];
  };
  expect((await countLooks(inPieces)).torn).toBeGreaterThan(0);
});

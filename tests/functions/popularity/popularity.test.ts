import { channel } from "node:diagnostics_channel";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { countReads } from "@algoitny/functions/popularity/popularity";
import { TopKeys } from "@algoitny/functions/popularity/top-keys";
import { expect, test } from "vitest";

const events = channel("@algoitny/cache:event");
const emit = (type: "hit" | "miss" | "stale" | "load" | "filled", key: string, times = 1) => {
  for (let count = 0; count < times; count += 1) events.publish({ type, key, resource: "page" });
};

/** An instance that counts only keys with its name as a prefix, so that tests do not count each other's. */
function setup(name: string) {
  let nowMs = 0;
  let failing = false;
  const published: (readonly (readonly [string, number])[])[] = [];
  const lines: string[] = [];
  const popularity = countReads({
    counts: {
      add: async (counts) => {
        if (failing) throw new Error("no redis");
        published.push(counts);
      },
      top: async () => [],
    },
    counted: (key) => key.startsWith(name),
    log: createLog((line) => lines.push(line)),
    now: () => nowMs,
  });
  return {
    ...popularity,
    published,
    lines,
    pass: (ms: number) => {
      nowMs += ms;
    },
    setFailing: (is: boolean) => {
      failing = is;
    },
  };
}

test("hits, misses and stale reads are counted; loads and keys of other resources are not", async () => {
  const { publish, published, pass } = setup("a");
  emit("hit", "a:1", 3);
  emit("miss", "a:2", 2);
  emit("stale", "a:2", 2);
  emit("load", "a:3");
  emit("filled", "a:3");
  emit("hit", "other:1");
  pass(60_000);
  await publish();
  expect(published).toEqual([
    [
      ["a:2", 4],
      ["a:1", 3],
    ],
  ]);
});

test("an instance publishes at most once a minute, and nothing when nothing was read", async () => {
  const { publish, published, pass } = setup("b");
  pass(60_000);
  await publish();
  expect(published).toEqual([]);
  emit("hit", "b:1");
  await publish();
  pass(59_000);
  await publish();
  expect(published).toEqual([]);
  pass(1_000);
  await Promise.all([publish(), publish()]);
  await publish();
  expect(published).toEqual([[["b:1", 1]]]);
});

test("counts that cannot be published are kept for the next time, and fail no read", async () => {
  const { publish, published, lines, pass, setFailing } = setup("c");
  setFailing(true);
  emit("hit", "c:1", 2);
  pass(60_000);
  await publish();
  expect(lines.join("")).toContain("no redis");
  setFailing(false);
  emit("hit", "c:1");
  pass(60_000);
  await publish();
  expect(published).toEqual([[["c:1", 3]]]);
});

test("the most frequent keys are found among any number of keys, and their counts are never too high", () => {
  const top = new TopKeys(20);
  const truth = new Map<string, number>();
  const add = (key: string) => {
    top.add(key);
    truth.set(key, (truth.get(key) ?? 0) + 1);
  };
  for (let round = 0; round < 2_000; round += 1) {
    add(`often:${round % 5}`);
    add(`once:${round}`);
  }
  const counts = top.take();
  expect(counts).toHaveLength(20);
  expect(
    counts
      .slice(0, 5)
      .map(([key]) => key)
      .toSorted(),
  ).toEqual([0, 1, 2, 3, 4].map((key) => `often:${key}`));
  for (const [key, count] of counts) expect(count).toBeLessThanOrEqual(truth.get(key) ?? 0);
  expect(top.take()).toEqual([]);
});

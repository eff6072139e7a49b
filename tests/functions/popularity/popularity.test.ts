import { channel } from "node:diagnostics_channel";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { countReads } from "@algoitny/functions/popularity/popularity";
import { TopKeys } from "@algoitny/functions/popularity/top-keys";
import { expect, test } from "vitest";

const events = channel("@algoitny/cache:event");
const publish = (type: "hit" | "miss" | "stale" | "load" | "filled", key: string, times = 1) => {
  for (let count = 0; count < times; count += 1) events.publish({ type, key, resource: "page" });
};

/** One instance that counts keys which begin with its name, so that tests do not count each other's. */
function setup(name: string) {
  let nowMs = 0;
  let failing = false;
  const told: (readonly (readonly [string, number])[])[] = [];
  const lines: string[] = [];
  const popularity = countReads({
    counts: {
      add: async (counts) => {
        if (failing) throw new Error("no redis");
        told.push(counts);
      },
      top: async () => [],
    },
    counted: (key) => key.startsWith(name),
    log: createLog((line) => lines.push(line)),
    now: () => nowMs,
  });
  return {
    ...popularity,
    told,
    lines,
    pass: (ms: number) => {
      nowMs += ms;
    },
    setFailing: (is: boolean) => {
      failing = is;
    },
  };
}

test("hits, misses and stale reads are counted, loads and other resources' keys are not", async () => {
  const { tell, told, pass } = setup("a");
  publish("hit", "a:1", 3);
  publish("miss", "a:2", 2);
  publish("stale", "a:2", 2);
  publish("load", "a:3");
  publish("filled", "a:3");
  publish("hit", "other:1");
  pass(60_000);
  await tell();
  expect(told).toEqual([
    [
      ["a:2", 4],
      ["a:1", 3],
    ],
  ]);
});

test("an instance publishes at most once a minute, and nothing when nothing was read", async () => {
  const { tell, told, pass } = setup("b");
  pass(60_000);
  await tell();
  expect(told).toEqual([]);
  publish("hit", "b:1");
  await tell();
  pass(59_000);
  await tell();
  expect(told).toEqual([]);
  pass(1_000);
  await Promise.all([tell(), tell()]);
  await tell();
  expect(told).toEqual([[["b:1", 1]]]);
});

test("counts that cannot be published are kept for the next time, and no read fails for it", async () => {
  const { tell, told, lines, pass, setFailing } = setup("c");
  setFailing(true);
  publish("hit", "c:1", 2);
  pass(60_000);
  await tell();
  expect(lines.join("")).toContain("no redis");
  setFailing(false);
  publish("hit", "c:1");
  pass(60_000);
  await tell();
  expect(told).toEqual([[["c:1", 3]]]);
});

test("the most frequent keys are found among any number, and never counted too high", () => {
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

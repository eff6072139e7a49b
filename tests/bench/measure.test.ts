import { expect, test } from "vitest";
import { interleave, openLoop, quantile } from "../../packages/bench/src/measure.ts";

test("subjects take turns, in another order each round, after a round that is not counted", async () => {
  const turns: string[] = [];
  const timing = (name: string) => ({ name, run: async () => turns.push(name) });
  const times = await interleave(["a", "b", "c"].map(timing), { rounds: 2, operations: 1 });
  expect(turns.join("")).toBe("abcacbcab");
  expect([...times.keys()]).toEqual(["a", "b", "c"]);
});

test("subjects warm up as long as asked, except those with their own number of operations", async () => {
  const turns: string[] = [];
  const run = (name: string) => async () => turns.push(name);
  const timings = [
    { name: "a", run: run("a") },
    { name: "b", run: run("b"), operations: 1 },
  ];
  await interleave(timings, { rounds: 1, operations: 2, warmUp: 4 });
  expect(turns.join("")).toBe("aaaabaab");
});

test("an open loop measures from the moment at which a request was due, and goes on sending while answers are late", async () => {
  const held = Promise.withResolvers<void>();
  const arrivals = await openLoop({ perSecond: 1_000, seconds: 0.004 }, async (index) => {
    if (index === 3) held.resolve();
    await held.promise;
    if (index === 1) throw new Error("lost");
    return index;
  });
  expect(arrivals.map(({ value }) => value)).toEqual([0, undefined, 2, 3]);
  expect(arrivals[1]?.error).toEqual(new Error("lost"));
  expect(arrivals[0]?.ms).toBeGreaterThan(arrivals[3]?.ms as number);
});

test("a quantile lies between the two values next to it", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3], 1)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
});

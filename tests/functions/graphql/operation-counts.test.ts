import type { Answer } from "@algoitny/cache/graphql";
import { countOperations, topOperations } from "@algoitny/functions/graphql/operation-counts";
import type { SharedCounts } from "@algoitny/functions/popularity/shared-counts";
import { expect, test } from "vitest";

const reading = (status: string, operationName: string | null) =>
  ({ reading: { status }, isPrivate: false, operationName }) as unknown as Answer;

const result = (data: object | undefined, operationName: string | null) =>
  ({
    result: { ...(data && { data }) },
    status: data ? 200 : 422,
    reason: "",
    operationName,
  }) as unknown as Answer;

/** Counts of one process, which publishes them after a minute. */
function setup() {
  const shared = new Map<string, number>();
  let nowMs = 0;
  const counts: SharedCounts = {
    add: async (all) => {
      for (const [key, count] of all) shared.set(key, (shared.get(key) ?? 0) + count);
    },
    top: async () => [...shared],
  };
  const note = countOperations({
    counts,
    log: { warn: () => undefined },
    now: () => nowMs,
  });
  const pass = (ms: number) => void (nowMs += ms);
  return { note, top: () => topOperations(counts), shared, pass };
}

test("operations are counted by name and outcome, the most frequent first", async () => {
  const { note, top, pass } = setup();
  await note(result({ rename: null }, "Rename"));
  for (const status of ["hit", "hit", "stale"]) await note(reading(status, "Problem"));
  expect(await top()).toEqual([]);
  pass(60_000);
  await note(reading("miss", "Problem"));
  expect(await top()).toEqual([
    { operation: "Problem", requests: 4, hit: 2, stale: 1, miss: 1, bypass: 0, uncached: 0 },
    { operation: "Rename", requests: 1, hit: 0, stale: 0, miss: 0, bypass: 0, uncached: 1 },
  ]);
});

test("a hit costs no command for the counts, even when a minute is over", async () => {
  const { note, shared, pass } = setup();
  pass(60_000);
  await note(reading("hit", "Problem"));
  expect(shared.size).toBe(0);
});

test("a refused document is not counted, and an operation whose name has over 64 characters counts as unnamed", async () => {
  const { note, top, pass } = setup();
  pass(60_000);
  await note(result(undefined, null));
  await note(result({}, "x".repeat(65)));
  await note(result({}, null));
  pass(60_000);
  await note(result({}, null));
  expect(await top()).toMatchObject([{ operation: "(unnamed)", requests: 3 }]);
});

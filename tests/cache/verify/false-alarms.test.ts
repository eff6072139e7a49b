import fc from "fast-check";
import { expect, test } from "vitest";
import {
  defineResource,
  defineTags,
  throttled,
  type Verdict,
  type VerifyTask,
} from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: (id: number) => [id] });

/** An event, `afterMs` after the one before it. */
type Step =
  | { do: "read" | "check" | "evict"; afterMs: number }
  /** The row changes, and its invalidation arrives `lagMs` later; null means never. */
  | { do: "write"; afterMs: number; lagMs: number | null };

const afterMs = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
);
const lagMs = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 2_000, max: 9_900 }));
const steps = (writes: fc.Arbitrary<number | null>) =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant("read" as const), afterMs }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant("check" as const), afterMs }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("evict" as const), afterMs }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant("write" as const), afterMs, lagMs: writes }),
      },
    ),
    { minLength: 8, maxLength: 20 },
  );

/** Runs the steps, then all remaining checks; returns the verdicts. */
async function run(all: readonly Step[]): Promise<Verdict[]> {
  const { clock, store, instance } = fleet();
  const waiting: { task: VerifyTask; dueMs: number }[] = [];
  const enqueue = (task: VerifyTask, delayMs: number) =>
    void waiting.push({ task, dueMs: clock.now() + delayMs });
  const held = { l1: { revalidateAfter: "2 seconds" } } as const;
  const kinds = [
    { tags: () => [tags.row(1)] },
    { tags: () => [throttled(tags.row(1), "15 seconds")] },
    { tags: () => [tags.row(1)], ...held },
  ] as const;
  let version = 1;
  const resources = kinds.map((kind, index) =>
    defineResource<void, number>({
      name: `row${index}`,
      ttl: "3 minutes",
      jitter: 0,
      ...kind,
      load: async () => {
        const seen = version;
        await clock.sleep(40);
        return seen;
      },
    }),
  );
  const options = { resources, verify: { rate: 1, enqueue } };
  const [reader, checker] = [instance(options), instance(options)];
  const verdicts: Verdict[] = [];
  /** Runs the checks that are due. */
  const check = async () => {
    const due = waiting.filter(({ dueMs }) => dueMs <= clock.now());
    for (const each of due) waiting.splice(waiting.indexOf(each), 1);
    const judged = await Promise.all(due.map(({ task }) => checker.runVerifyTask(task)));
    verdicts.push(...judged.map(({ verdict }) => verdict));
  };
  const running: Promise<unknown>[] = [];
  for (const step of all) {
    await clock.advance(step.afterMs);
    if (step.do === "write") {
      version += 1;
      const { lagMs: lag } = step;
      if (lag !== null) running.push(clock.sleep(lag).then(() => reader.invalidate(tags.row(1))));
    } else if (step.do === "read") running.push(...resources.map((each) => reader.get(each)));
    else if (step.do === "check") running.push(check());
    else running.push(store.delete(["cache:1:tag:row:1"]));
  }
  await clock.advance(10_000);
  while (waiting.length > 0) {
    await clock.advance(Math.max(0, Math.min(...waiting.map(({ dueMs }) => dueMs)) - clock.now()));
    const checking = check();
    await clock.advance(100);
    await checking;
  }
  await Promise.all(running);
  return verdicts;
}

test(
  "invalidations that come within the first window never raise an alarm",
  { timeout: 30_000 },
  async () => {
    const seen = new Map<Verdict, number>();
    await fc.assert(
      fc.asyncProperty(steps(lagMs), async (all) => {
        const verdicts = await run(all);
        for (const verdict of verdicts) seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        expect(verdicts).not.toContain("stale");
      }),
      { numRuns: 200, seed: 11 },
    );
    // Runs without findings prove nothing unless checks ran.
    for (const verdict of ["agrees", "suspect", "overtaken"] as const)
      expect(seen.get(verdict) ?? 0).toBeGreaterThan(20);
  },
);

test("an invalidation that never comes is found by the next hits", async () => {
  const read = { do: "read", afterMs: 100 } as const;
  const missed = { do: "write", afterMs: 100, lagMs: null } as const;
  expect(await run([read, missed, read, read])).toContain("stale");
});

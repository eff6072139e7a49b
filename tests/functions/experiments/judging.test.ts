import type { Experiment } from "@algoitny/core/experiment/experiment";
import { readSlots, type Slot } from "@algoitny/functions/experiments/arm-slots";
import { guardExperiments } from "@algoitny/functions/experiments/end-harmful";
import { brokenRail } from "@algoitny/functions/experiments/guard-rails";
import { dollarsPer1000, judgeExperiment } from "@algoitny/functions/experiments/judge-experiment";
import { planExperiment } from "@algoitny/functions/experiments/plan-experiment";
import { reportExperiment } from "@algoitny/functions/experiments/report-experiment";
import type { GetMetrics } from "@algoitny/functions/metrics/cloudwatch";
import { costOf } from "@algoitny/functions/cost/model";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { dice } from "./simulated-traffic.ts";
import { expect, test } from "vitest";

const pricing = { region: "us-east-1", readUnits: 71 } as const;
const COUNTED = 2_340;

const counts = (given: Partial<Slot["usual"]> = {}): Slot["usual"] => ({
  hit: 900,
  stale: 0,
  miss: 100,
  bypass: 0,
  loads: 100,
  errors: 0,
  verified_stale: 0,
  ...given,
});

/** Slots in which the trial arm makes that number of loads in 1,000 reads, and the usual one 100, both with some noise. */
function slotsOf(number: number, loads: number, more: Partial<Slot["usual"]> = {}): Slot[] {
  const random = dice(11);
  const around = (mean: number) => mean + Math.round(6 * random()) - 3;
  return Array.from({ length: number }, () => ({
    usual: counts({ loads: around(100) }),
    trial: counts({ loads: around(loads), ...more }),
  }));
}

const judged = (slots: readonly Slot[]) => judgeExperiment(slots, pricing, COUNTED);

test("a lifetime with half of the loads saves their cost in the cost model", () => {
  const {
    verdict,
    saves_percent: saves,
    saves_dollars_month: dollars,
    pairs,
  } = judged(slotsOf(24, 50));
  const at = (hit: number) => costOf({ ...pricing, requests: 1_000, hit }).cached.total;
  expect([verdict, pairs]).toEqual(["trial", 12]);
  expect(saves!.mean).toBeCloseTo((100 * (at(0.9) - at(0.95))) / at(0.9), 0);
  expect(saves!.low).toBeGreaterThan(0);
  // 2,000 reads a slot in both arms, for 30 days.
  const thousands = (2 * 30 * 86_400) / COUNTED;
  expect(dollars! / ((at(0.9) - at(0.95)) * thousands)).toBeCloseTo(1, 1);
});

test("a lifetime with more loads is found to cost more, and one with equally many to make no difference", () => {
  expect(judged(slotsOf(24, 150)).verdict).toBe("usual");
  expect(judged(slotsOf(24, 100)).verdict).toBe("no difference");
});

test("there is no verdict before twelve pairs, nor between whole days", () => {
  expect(judged(slotsOf(22, 50))).toMatchObject({ verdict: "measuring", pairs: 11 });
  expect(judged([])).toMatchObject({ verdict: "measuring", pairs: 0, saves_percent: null });
  // The second day would change the result, but is not over.
  const turned = [...slotsOf(24, 50), ...slotsOf(20, 900)];
  expect(judged(turned)).toMatchObject({ verdict: "trial", pairs: 22 });
});

test("a pair with many errors or bypasses, or with an arm without reads, is left out", () => {
  const quiet = counts({ hit: 0, miss: 0, loads: 0 });
  const slots = slotsOf(42, 50);
  const outage = slotsOf(2, 50, { errors: 60 });
  const past = slotsOf(2, 50, { hit: 800, bypass: 100 });
  const night = [0, 1].map(() => ({ usual: counts(), trial: quiet }));
  expect(judged([...outage, ...past, ...night, ...slots])).toMatchObject({
    pairs: 21,
    dropped: 3,
    verdict: "trial",
  });
});

test("a load costs the difference between a miss and a hit", () => {
  const at = (loads: number) => dollarsPer1000(counts({ loads }), pricing);
  const model = (hit: number) => costOf({ ...pricing, requests: 1_000, hit }).cached.total;
  expect([at(0), at(1_000)]).toEqual([model(1), model(0)]);
});

const nothing = counts({ hit: 0, miss: 0, loads: 0 });
const SILENCE: Slot = { usual: nothing, trial: nothing };

test("a night without readers counts as time of the month, and does not move the hour of verdicts", () => {
  const night = Array.from({ length: 12 }, () => SILENCE);
  const day = (loads: number) => [...slotsOf(12, loads), ...night];
  const whole = judged(slotsOf(24, 50));
  const half = judged([...day(50), ...day(50)]);
  expect(half).toMatchObject({ verdict: "trial", pairs: 12, dropped: 12 });
  expect(half.saves_dollars_month! / whole.saves_dollars_month!).toBeCloseTo(0.5, 1);
  // Six pairs of the second day complete twelve with those of the first, but the second day is not over.
  expect(judged([...day(50), ...slotsOf(12, 50)])).toMatchObject({
    verdict: "measuring",
    pairs: 12,
  });
});

/** Text of the broken guard rail, or `none`. */
const rail = (trial: Partial<Slot["usual"]>, usual: Partial<Slot["usual"]> = {}) =>
  brokenRail({ complete: [{ usual: counts(usual), trial: counts(trial) }, SILENCE], begun: [] }) ??
  "none";

test("a stale value with the trial lifetime, and none with the usual one, breaks a rail", () => {
  expect(rail({ verified_stale: 1 })).toMatch(/^staleness: 1 checked hit/);
  expect(rail({ verified_stale: 1 }, { verified_stale: 1 })).toBe("none");
  expect(rail({}, { verified_stale: 1 })).toBe("none");
});

test("more errors with the trial lifetime break a rail, unless chance explains them", () => {
  expect(rail({ errors: 40 })).toMatch(/^errors: /);
  expect(rail({ errors: 6 })).toBe("none");
  expect(rail({ errors: 40 }, { errors: 40 })).toBe("none");
  expect(rail({ hit: 90_000, errors: 100 }, { hit: 90_000 })).toBe("none");
});

test("more than twice the loads with the trial lifetime break a rail, if they are a hundred at least", () => {
  expect(rail({ loads: 201 })).toMatch(/^load: 20.1% of reads/);
  expect(rail({ loads: 200 })).toBe("none");
  expect(rail({ loads: 99 }, { loads: 1 })).toBe("none");
});

test("shares are compared over whole pairs only: within one pair the arms have different keys", () => {
  const one = { usual: counts(), trial: counts({ loads: 900, errors: 40 }) };
  expect(brokenRail({ complete: [one], begun: [one] })).toBeUndefined();
  expect(brokenRail({ complete: [one, SILENCE], begun: [] })).toMatch(/^errors/);
});

test("stale values count in slots that are still going on", () => {
  const begun = [{ usual: counts(), trial: counts({ verified_stale: 1 }) }];
  expect(brokenRail({ complete: [], begun })).toEqual(expect.stringMatching(/^staleness/));
});

const NOW = 1_800_000 * 3_600;
const plan = (ttl: number, finestSeconds = 60) =>
  planExperiment(
    { view: "problem_detail", ttl_seconds: ttl },
    { nowMs: NOW * 1_000, finestSeconds },
  );

test("a slot lasts 60 of the metrics' shortest intervals, or a multiple of that, so that at least half of it is counted", () => {
  expect(plan(1_200)).toMatchObject({
    usual_seconds: 600,
    slot_seconds: 3_600,
    settling_seconds: 1_260,
    read_units: 21,
  });
  expect(plan(3_000)).toMatchObject({ slot_seconds: 7_200, settling_seconds: 3_060 });
  expect(plan(300)).toMatchObject({ slot_seconds: 3_600, settling_seconds: 660 });
  expect(plan(60, 10)).toMatchObject({ slot_seconds: 1_800 });
});

test("an experiment with the view's present lifetime, or on a view of inputs only, is refused", () => {
  expect(() => plan(600)).toThrow("is 600 s already");
  const ask = { view: "problem_segment", ttl_seconds: 60 };
  expect(() => planExperiment(ask, { nowMs: NOW * 1_000, finestSeconds: 60 })).toThrow("no view");
});

/** The metrics of these slots, the first of which begins at `from`. */
function metricsOf(slots: readonly Slot[], from: number): GetMetrics {
  const names = { Hits: "hit", Misses: "miss", Loads: "loads", Errors: "errors" } as const;
  return async (queries, { periodSeconds }) =>
    queries.map(({ metric, dimensions }) => {
      const name = names[metric as keyof typeof names];
      const arm = dimensions["arm"] as "usual" | "trial";
      const values = slots.map((slot, index): [number, number] => [
        from + index * periodSeconds,
        name ? slot[arm][name] : 0,
      ]);
      return new Map(values);
    });
}

const started: Experiment = plan(1_200);
const sourceOf = (slots: readonly Slot[], nowSeconds: number, first = NOW) => ({
  getMetrics: metricsOf(slots, first),
  service: "algoitny-test",
  nowMs: nowSeconds * 1_000,
});

test("a slot is judged five minutes after its end, when its last log lines are counted", async () => {
  const slots = slotsOf(3, 50);
  const loads = slots.map(({ trial }) => trial.loads);
  const at = async (seconds: number) => {
    const { complete, begun } = await readSlots(started, sourceOf(slots, NOW + seconds));
    return [complete.length, begun.map(({ trial }) => trial.loads)];
  };
  expect(await at(0)).toEqual([0, []]);
  expect(await at(60)).toEqual([0, loads.slice(0, 1)]);
  expect(await at(3_600 + 299)).toEqual([0, loads.slice(0, 2)]);
  expect(await at(3_600 + 300)).toEqual([1, loads.slice(1, 2)]);
});

test("a report states in a sentence what is saved, and the setting that makes it permanent", async () => {
  const slots = slotsOf(24, 50);
  const source = sourceOf(slots, NOW + 25 * 3_600);
  const report = await reportExperiment(started, source, "us-east-1");
  expect(report).toMatchObject({ verdict: "trial", trial: { ttl_seconds: 1_200, reads: 24_000 } });
  expect(report.sentence).toMatch(
    /^1200 s instead of 600 s for problem_detail: saves 8\.\d% \(.*\), \$\d+\.\d\d a month\. CACHE_PROBLEM_DETAIL_TTL=1200 makes it permanent\.$/,
  );
  const older = { ...started, usual_seconds: 900 };
  expect((await reportExperiment(older, source, "us-east-1")).sentence).toMatch(
    / The view's own lifetime is 600 s by now, which counts once the experiment is stopped\.$/,
  );
  const young = await reportExperiment(started, sourceOf(slots, NOW + 5 * 3_600), "us-east-1");
  expect(young.sentence).toContain("decides nothing yet; 2 pairs of slots are counted, of the 12");
});

/** Runs the guard over one experiment, and returns the reason for its end. */
async function guarded(experiment: Experiment, source: ReturnType<typeof sourceOf>) {
  const reasons: string[] = [];
  const experiments = {
    list: async () => [experiment],
    end: async (_: unknown, because: string) => {
      reasons.push(because);
      return experiment;
    },
  };
  await guardExperiments({ experiments, source, log: createLog(() => {}) });
  return reasons;
}

test("the guard ends an experiment that breaks a rail or is fourteen days old, and no other", async () => {
  const day = 86_400;
  expect(await guarded(started, sourceOf(slotsOf(2, 50), NOW + 7_200))).toEqual([]);
  const [harm] = await guarded(started, sourceOf(slotsOf(2, 500), NOW + 7_500));
  expect(harm).toEqual(expect.stringMatching(/^load: /));
  expect(await guarded(started, sourceOf([], NOW + 14 * day - 1))).toEqual([]);
  expect(await guarded(started, sourceOf([], NOW + 14 * day))).toEqual(["14 days are over"]);
  const over: Experiment = { ...started, state: "ended", ended_at: NOW + 10 };
  expect(await guarded(over, sourceOf([], NOW + 14 * day))).toEqual([]);
});

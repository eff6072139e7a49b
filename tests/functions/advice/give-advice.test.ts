import { adviceFrom } from "@algoitny/functions/advice/give-advice";
import { costOf } from "@algoitny/functions/cost/model";
import { work } from "@algoitny/functions/cost/prices";
import type { EndpointTotals, Series } from "@algoitny/functions/metrics/series";
import { expect, test } from "vitest";

const DETAIL = "GET /api/problems/{id}/";

const zeros = { hit: 0, stale: 0, miss: 0, bypass: 0, expired: 0, invalidated: 0, waited: 0 };

/** A day whose second half has the given totals. */
function day(totals: Partial<typeof zeros>) {
  return {
    times: [0, 43_200],
    as_of: 86_400,
    columns: { cached_percent: [null, 90] },
    totals: { ...zeros, ...totals },
  } as unknown as Series;
}

const endpoint = (counts: object) =>
  ({ [DETAIL]: { ...zeros, ...counts } }) as unknown as EndpointTotals;

const advised = (totals: Partial<typeof zeros>, endpoints: EndpointTotals = {}) =>
  adviceFrom(day(totals), endpoints, "us-east-1");
const ids = (...given: Parameters<typeof advised>) => advised(...given).advice.map(({ id }) => id);

test("longer lifetimes are advised where most entries expire unchanged, for the view that misses most", () => {
  const totals = { hit: 9_000, miss: 1_000, expired: 600, invalidated: 200 };
  const { advice, seconds, reads } = advised(totals, endpoint({ hit: 9_000, miss: 900 }));
  expect([seconds, reads]).toEqual([43_200, 10_000]);
  const [first] = advice;
  expect(first).toMatchObject({ id: "longer", view: "problem_detail" });
  // Three in four entries expire before a change invalidates them: with twice the lifetime 9 in 16 do, which saves 343
  // of these 800 loads.
  expect(first?.sentence).toContain("60% of misses");
  expect(first?.sentence).toContain("up to 34% of all");
  const at = (hit: number) =>
    costOf({ region: "us-east-1", requests: 600, hit, readUnits: work.readUnits }).cached.total;
  expect(first?.dollars_month).toBeCloseTo((at(0) - at(1)) * 60, 6);
});

test("longer lifetimes are not advised where changes invalidate most entries", () => {
  expect(ids({ hit: 9_000, miss: 1_000, expired: 100, invalidated: 800 })).toEqual(["narrower"]);
});

test("of several pieces of advice, the one with the largest cost comes first", () => {
  expect(ids({ hit: 9_000, miss: 1_000, expired: 300, invalidated: 650 })).toEqual([
    "narrower",
    "longer",
  ]);
});

test("warming is advised where many requests wait for a load", () => {
  expect(ids({ hit: 9_000, miss: 1_000, waited: 100 })).toEqual(["warm"]);
  expect(ids({ hit: 9_000, miss: 1_000, waited: 99 })).toEqual([]);
});

test("advice names an endpoint whose entries are rarely read twice, and one whose hits save less than its commands cost", () => {
  const totals = { hit: 9_000, miss: 1_000 };
  expect(ids(totals, endpoint({ hit: 99, miss: 901 }))).toEqual(["unread"]);
  expect(ids(totals, endpoint({ hit: 300, miss: 700 }))).toEqual(["costs-more"]);
  expect(ids(totals, endpoint({ hit: 900, miss: 100 }))).toEqual([]);
  expect(ids(totals, endpoint({ hit: 0, miss: 999 }))).toEqual([]);
});

test("no advice is based on few reads", () => {
  expect(ids({ hit: 499, miss: 500, expired: 500 })).toEqual([]);
  expect(
    adviceFrom({ ...day({}), columns: { cached_percent: [null, null] } } as never, {}, "us-east-1"),
  ).toMatchObject({ seconds: 0, advice: [] });
});

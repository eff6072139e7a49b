import { describe, expect, test } from "vitest";
import { findFaults, windowOfFindings } from "@algoitny/functions/findings/find-faults";
import { rules } from "@algoitny/functions/findings/finding-rules";
import { findingTexts } from "@algoitny/functions/findings/finding-texts";
import type { ColumnName } from "@algoitny/functions/metrics/columns";
import { columns } from "@algoitny/functions/metrics/columns";
import type { Series } from "@algoitny/functions/metrics/series";
import { startsOf } from "@algoitny/functions/metrics/window";

type Row = Partial<Record<ColumnName | "cached_percent", number | null>>;

/** An ordinary interval of 10 s at 20 requests a second. */
const WELL: Row = {
  hit: 190,
  miss: 10,
  absent: 10,
  cached_percent: 95,
  redis_p50_ms: 2,
  redis_p99_ms: 6,
  loads: 10,
  load_p99_ms: 60,
  tags_invalidated: 2,
  closed_age_ms: 300,
  verified: 1,
};

const NOW = 1_800_000_000;

/** More than an hour of ordinary intervals; `last` replaces the latest ones, in order. */
function seriesWith(last: readonly Row[], ordinary: Row = WELL): Series {
  const window = windowOfFindings(NOW, 10);
  const times = startsOf(window);
  const complete = times.length - 1;
  const rows = times.map((_, index) => last[index - complete + last.length] ?? ordinary);
  const named = [...Object.keys(columns), "cached_percent"] as ColumnName[];
  const filled = named.map((name) => [name, rows.map((row) => row[name] ?? emptyOf(name))]);
  return {
    service: "test",
    period_seconds: 10,
    times,
    complete,
    as_of: NOW,
    columns: Object.fromEntries(filled),
    totals: {} as Series["totals"],
  };
}

const emptyOf = (name: ColumnName) => (/_ms$|_percent$/.test(name) ? null : 0);
const found = (series: Series) => findFaults(series).map(({ id }) => id);
const twice = (row: Row): Row[] => [
  { ...WELL, ...row },
  { ...WELL, ...row },
];

const DOWN: Row = { hit: 20, miss: 0, bypass: 180, cached_percent: 10, redis_failures: 300 };

/** Finding → an interval that shows it. */
const SIGNS: Record<keyof typeof findingTexts, Row> = {
  "redis-down": DOWN,
  "changes-late": { closed_age_ms: 12_000 },
  "beat-missing": { closed_age_ms: null },
  "hits-stale": { verified_stale: 1 },
  "redis-slow": { redis_p50_ms: 80, redis_p99_ms: 182 },
  "redis-refuses": { redis_failures: 5, redis_refusals: 5 },
  "database-down": { loads_failed: 8 },
  "database-slow": { load_p99_ms: 1_500 },
  "invalidation-storm": { tags_invalidated: 300, invalidated: 60, miss: 80, hit: 120 },
  "readers-wait": { waited: 20 },
  "new-code": { outdated: 60 },
  "hit-ratio-low": { cached_percent: 60 },
  "redis-reset": { store_resets: 1 },
  "records-come-again": { records_failed: 3 },
  "warming-fails": { warming_failed: 2 },
  "monitor-idle": { verified: 0 },
  "requests-fail": { errors: 4 },
};

/**
 * Number of intervals that show a finding, where two are too few: a schedule's last value is valid for 150 s, checks
 * are missed after an hour.
 */
const LONG: Partial<Record<string, number>> = { "beat-missing": 17, "monitor-idle": 360 };

describe("a fault", () => {
  test.each(Object.entries(SIGNS))(
    "%s is found by its own sign, without other findings",
    (id, row) => {
      const rows = Array.from({ length: LONG[id] ?? 2 }, () => ({ ...WELL, ...row }));
      expect(found(seriesWith(rows))).toEqual([id]);
    },
  );

  test("is described by its numbers, and by the time at which it began", () => {
    const [fault] = findFaults(seriesWith(twice({ redis_p50_ms: 80, redis_p99_ms: 182 })));
    expect(fault?.sentence).toBe(
      "Redis is slow: half of its answers take over 80 ms, usually 2.0 ms; one in a hundred over 182 ms, usually 6.0 ms",
    );
    expect(fault?.since).toBe(NOW - 20);
  });

  test("begins with the second interval in a row that shows it, and ends with the third that does not", () => {
    const slow = { ...WELL, redis_p50_ms: 80 };
    expect(found(seriesWith([slow]))).toEqual([]);
    expect(found(seriesWith([slow, WELL, slow]))).toEqual([]);
    expect(found(seriesWith([slow, slow, WELL, WELL]))).toEqual(["redis-slow"]);
    expect(found(seriesWith([slow, slow, WELL, WELL, WELL]))).toEqual([]);
  });

  test("hides its consequences", () => {
    const down = { ...DOWN, closed_age_ms: 20_000, waited: 40, errors: 9, records_failed: 1 };
    expect(found(seriesWith(twice(down)))).toEqual(["redis-down"]);
  });

  test("is slowness where operations fail while answers take long, and refusal where they do not", () => {
    const late = { redis_p99_ms: 480, redis_failures: 5 };
    const usuallySlow = { ...WELL, redis_p99_ms: 90 };
    const [fault, ...others] = findFaults(seriesWith(twice(late), usuallySlow));
    expect(others).toEqual([]);
    expect(fault?.sentence).toBe(
      "Redis is slow: half of its answers take over 2.0 ms, usually 2.0 ms; one in a hundred over 480 ms, usually 90 ms; 5 operations failed",
    );
    const refused = { redis_failures: 5, redis_refusals: 5 };
    expect(found(seriesWith(twice(refused)))).toEqual(["redis-refuses"]);
  });

  test("of Redis is found under light traffic, and is no refusal where operations got no answer", () => {
    const operators = { redis_failures: 14, records_failed: 10, errors: 4 };
    const light = [
      operators,
      { ...operators, bypass: 1 },
      { ...operators, miss: 0, bypass: 5, cached_percent: 0 },
    ];
    for (const row of light) {
      const idle = { closed_age_ms: 300 };
      expect(found(seriesWith([row, row], idle))).toEqual(["redis-down"]);
      expect(found(seriesWith([row, row, {}, {}, {}], idle))).toEqual([]);
    }
    const some = { redis_failures: 5 };
    expect(found(seriesWith(twice(some)))).toEqual([]);
  });

  test("counts one record as one", () => {
    const [fault] = findFaults(seriesWith(twice({ records_failed: 1 })));
    expect(fault?.sentence).toBe("Records come again: 1 record or message");
  });

  test("is measured against this stage's usual numbers", () => {
    const usuallySlow = { ...WELL, redis_p50_ms: 40, redis_p99_ms: 90 };
    expect(found(seriesWith([], usuallySlow))).toEqual([]);
    const quarter = { ...usuallySlow, redis_p50_ms: 170 };
    expect(found(seriesWith([quarter, quarter], usuallySlow))).toEqual(["redis-slow"]);
  });
});

describe("no fault is found", () => {
  test("while all is well, and while there are no requests", () => {
    expect(found(seriesWith([]))).toEqual([]);
    const idle = { closed_age_ms: 300 };
    expect(found(seriesWith([], idle))).toEqual([]);
    expect(found(seriesWith([], {}))).toEqual([]);
  });

  test("in the interval that is still going on", () => {
    const series = seriesWith([]);
    series.columns.bypass[series.complete] = 200;
    series.columns.bypass[series.complete - 1] = 200;
    expect(found(series)).toEqual([]);
  });

  test("in an hour without checks that had hits in one half only, or a single check", () => {
    const unchecked = Array.from({ length: 360 }, (_, index): Row => ({
      ...WELL,
      verified: 0,
      hit: index < 180 ? 190 : 0,
    }));
    expect(found(seriesWith(unchecked))).toEqual([]);
    const once = unchecked.map((row, index) => ({
      ...row,
      hit: 190,
      overtaken: index === 9 ? 1 : 0,
    }));
    expect(found(seriesWith(once))).toEqual([]);
  });

  test("in a burst of writes that few readers notice", () => {
    const quiet = { ...WELL, hit: 12, miss: 8, tags_invalidated: 48, invalidated: 8, absent: 0 };
    const few = found(seriesWith([quiet, quiet, quiet], { closed_age_ms: 300, verified: 1 }));
    expect(few).not.toContain("invalidation-storm");
  });

  test("in the writes of a site that was idle before", () => {
    const idle = { closed_age_ms: 300, tags_invalidated: 0 };
    const busy = { ...WELL, miss: 20, tags_invalidated: 120, invalidated: 18, absent: 2 };
    expect(found(seriesWith([busy, busy, busy], idle))).toEqual([]);
  });

  test("in a few reads: a share of them is not significant", () => {
    const few = { hit: 1, miss: 4, absent: 4, cached_percent: 20 };
    expect(found(seriesWith([few, few, few]))).toEqual([]);
  });
});

test("every finding has a rule, and hides only existing findings", () => {
  expect(Object.keys(rules).toSorted()).toEqual(Object.keys(findingTexts).toSorted());
  const hidden = Object.values(findingTexts).flatMap(({ hides }) => hides);
  expect(Object.keys(findingTexts)).toEqual(expect.arrayContaining(hidden));
});

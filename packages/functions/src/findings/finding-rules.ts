import type { ColumnName } from "../metrics/columns.ts";
import type { FindingId } from "./finding-texts.ts";

/** Numbers of one interval, and the usual ones. */
export interface Moment {
  /** Value of a column in the interval (of `Rule.lasts`, its last valid one); 0 if it was not measured. */
  at: (column: ColumnName | "cached_percent") => number;
  /** True if there is such a value. */
  known: (column: ColumnName | "cached_percent") => boolean;
  /** Median of the hour before the last five minutes; undefined with fewer than ten values. */
  usual: (column: ColumnName | "cached_percent") => number | undefined;
  /** Sum of a column over that number of seconds up to the interval's end, an hour at most. */
  past: (column: ColumnName, seconds: number) => number;
  periodSeconds: number;
}

export interface Rule {
  /** The facts in a few words if the finding applies. */
  holds: (moment: Moment) => string | undefined;
  /** Number of intervals in a row after which it begins; default 2. */
  intervals?: number;
  /** Column that schedules publish: its last value is valid for up to two and a half minutes. */
  lasts?: ColumnName;
}

const reads = ({ at }: Moment) => at("hit") + at("stale") + at("miss") + at("bypass");
const perMinute = (count: number, { periodSeconds }: Moment) =>
  Math.round((count * 60) / periodSeconds);
const percent = (part: number, whole: number) =>
  whole === 0 ? 0 : Math.round((100 * part) / whole);
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const usually = (value: number | undefined, unit: (value: number) => string) =>
  value === undefined ? "" : `, usually ${unit(value)}`;

const recordsText = (count: number) =>
  count === 1 ? "1 record or message" : `${count} records or messages`;

/** Above an absolute limit, and several times the usual value. */
function isFarAbove(
  value: number,
  usual: number | undefined,
  limit: number,
  times: number,
): boolean {
  return value > Math.max(limit, times * (usual ?? 0));
}

/** Limits of the findings: `redisFailures` in an interval, `uncheckedHits` in each half of the last hour. */
const LIMITS = {
  bypassPercent: 20,
  closedAgeMs: 8_000,
  redisMedianMs: 25,
  redisWorstMs: 250,
  redisFailures: 3,
  loadMs: 1_000,
  tagsPerMinute: 120,
  invalidatedMissesPerMinute: 60,
  waitersPerMinute: 30,
  lostPercent: 20,
  outdatedPercent: 20,
  uncheckedHits: 500,
} as const;

/** Operations fail while other answers are slow too: they took too long. */
const failsByTime = ({ at }: Moment) =>
  at("redis_failures") >= LIMITS.redisFailures && at("redis_p99_ms") > LIMITS.redisWorstMs;

const HOUR_SECONDS = 3_600;

/** Number of requests in an interval below which shares are not significant. */
const ENOUGH_READS = 10;

/** Number of standard errors from which a difference of shares counts as significant. */
const STANDARD_ERRORS = 3;

/** Finding → its condition. The table of texts has the same names. */
export const rules: Record<FindingId, Rule> = {
  "redis-down": {
    holds(moment) {
      const { at } = moment;
      const share = percent(at("bypass"), reads(moment));
      const unanswered = at("redis_failures") - at("redis_refusals");
      // Light traffic has few reads: writes, schedules and operators' requests fail too.
      const isDown = at("bypass") >= 2 || unanswered >= LIMITS.redisFailures;
      if (isDown && share >= LIMITS.bypassPercent) return `${share}% of reads go to the database`;
      return isDown && reads(moment) === 0 ? `${unanswered} operations failed` : undefined;
    },
  },
  "changes-late": {
    lasts: "closed_age_ms",
    holds: ({ at }) =>
      at("closed_age_ms") > LIMITS.closedAgeMs
        ? `changes made directly in the database in the last ${Math.round(at("closed_age_ms") / 1_000)} s may not show`
        : undefined,
  },
  "beat-missing": {
    lasts: "closed_age_ms",
    holds: ({ known, usual }) =>
      usual("closed_age_ms") !== undefined && !known("closed_age_ms")
        ? "no beat for two and a half minutes"
        : undefined,
  },
  "hits-stale": {
    intervals: 1,
    holds({ at }) {
      const [stale, verified] = [at("verified_stale"), at("verified")];
      return stale > 0 ? `${stale} of ${stale + verified} checked ones` : undefined;
    },
  },
  "redis-slow": {
    holds(moment) {
      const { at, usual } = moment;
      const [median, worst] = [at("redis_p50_ms"), at("redis_p99_ms")];
      const [usualMedian, usualWorst] = [usual("redis_p50_ms"), usual("redis_p99_ms")];
      const isSlow =
        isFarAbove(median, usualMedian, LIMITS.redisMedianMs, 4) ||
        isFarAbove(worst, usualWorst, LIMITS.redisWorstMs, 10) ||
        failsByTime(moment);
      const failed = failsByTime(moment) ? `; ${at("redis_failures")} operations failed` : "";
      return isSlow && at("hit") + at("stale") >= 3
        ? `half of its answers take over ${ms(median)}${usually(usualMedian, ms)}; one in a hundred over ${ms(worst)}${usually(usualWorst, ms)}${failed}`
        : undefined;
    },
  },
  "redis-refuses": {
    holds: ({ at }) =>
      at("redis_refusals") >= LIMITS.redisFailures
        ? `${at("redis_refusals")} operations failed`
        : undefined,
  },
  "database-down": {
    holds: ({ at }) =>
      at("loads_failed") >= 2 ? `${at("loads_failed")} of ${at("loads")} loads failed` : undefined,
  },
  "database-slow": {
    holds({ at, usual }) {
      const [worst, before] = [at("load_p99_ms"), usual("load_p99_ms")];
      return at("loads") >= 3 && isFarAbove(worst, before, LIMITS.loadMs, 5)
        ? `one in a hundred takes over ${ms(worst)}${usually(before, ms)}`
        : undefined;
    },
  },
  "invalidation-storm": {
    holds(moment) {
      const { at, usual } = moment;
      const tags = perMinute(at("tags_invalidated"), moment);
      const before = perMinute(usual("tags_invalidated") ?? 0, moment);
      const share = percent(at("invalidated"), at("miss"));
      // Ordinary writes invalidate fewer tags than there are reads, even after a time without any.
      const limit = Math.max(LIMITS.tagsPerMinute, perMinute(reads(moment), moment));
      const isFelt =
        perMinute(at("invalidated"), moment) >= LIMITS.invalidatedMissesPerMinute && share >= 30;
      return isFarAbove(tags, before, limit, 10) && isFelt
        ? `${tags} tags a minute, usually ${before}; ${share}% of misses are due to it`
        : undefined;
    },
  },
  "readers-wait": {
    holds(moment) {
      const waiting = perMinute(moment.at("waited"), moment);
      const before = perMinute(moment.usual("waited") ?? 0, moment);
      return isFarAbove(waiting, before, LIMITS.waitersPerMinute, 5)
        ? `${waiting} requests a minute, usually ${before}`
        : undefined;
    },
  },
  "new-code": {
    holds(moment) {
      const share = percent(moment.at("outdated"), reads(moment));
      return reads(moment) >= ENOUGH_READS && share >= LIMITS.outdatedPercent
        ? `${share}% of reads`
        : undefined;
    },
  },
  "hit-ratio-low": {
    holds(moment) {
      const { at, usual, known } = moment;
      const before = usual("cached_percent");
      // With few reads, many misses in a row happen by chance several times a day.
      const chance =
        STANDARD_ERRORS * Math.sqrt(((before ?? 0) * (100 - (before ?? 0))) / reads(moment));
      const limit = before === undefined ? 50 : before - Math.max(LIMITS.lostPercent, chance);
      return known("cached_percent") &&
        reads(moment) >= ENOUGH_READS &&
        at("cached_percent") < limit
        ? `${at("cached_percent")}%${usually(before, (value) => `${value}%`)}`
        : undefined;
    },
  },
  "redis-reset": {
    intervals: 1,
    holds: ({ at }) => (at("store_resets") > 0 ? "everything was invalidated" : undefined),
  },
  "records-come-again": {
    holds: ({ at }) => (at("records_failed") > 0 ? recordsText(at("records_failed")) : undefined),
  },
  "warming-fails": {
    intervals: 1,
    holds: ({ at }) =>
      at("warming_failed") > 0 ? `${at("warming_failed")} entries were not loaded` : undefined,
  },
  "monitor-idle": {
    intervals: 1,
    holds({ past }) {
      const checks = past("verified", HOUR_SECONDS) + past("overtaken", HOUR_SECONDS);
      const [recent, hits] = [past("hit", HOUR_SECONDS / 2), past("hit", HOUR_SECONDS)];
      const isLasting = Math.min(recent, hits - recent) > LIMITS.uncheckedHits;
      return isLasting && checks + past("verified_stale", HOUR_SECONDS) === 0
        ? `none of ${hits} within an hour`
        : undefined;
    },
  },
  "requests-fail": {
    holds: ({ at }) => (at("errors") >= 2 ? `${at("errors")} of them` : undefined),
  },
};

import type { Experiment, Finding, Seen, Series, Top } from "../web/answers.ts";
import { COLUMNS } from "./day-of-minutes.ts";

const START_SECONDS = 1_800_000_000;
const PERIOD_SECONDS = 10;

/** Intervals of the hour that the page shows. */
const INTERVALS = 361;

const ROUTES = 24;

/** Number of requests in one answer to the live feed. */
const SEEN = 40;

/** Invents the API's answers, which change all the time: lines move, and findings, keys and requests come and go. */
export function answersOfADay() {
  const counts = { metrics: 0, findings: 0, top: 0, requests: 0, other: 0 };
  const answers: Readonly<Record<string, () => object>> = {
    metrics: () => seriesAt((counts.metrics += 1)),
    findings: () => ({ findings: findingsAt((counts.findings += 1)) }),
    cache: () => topAt((counts.top += 1)),
    requests: () => requestsAt((counts.requests += 1)),
    experiments: () => ({ experiments: [experimentAt((counts.other += 1))] }),
  };
  return {
    answerOf: (path: string) => answers[/^\w+/.exec(path)?.[0] ?? ""]?.() ?? {},
    asked: () => Object.values(counts).reduce((sum, count) => sum + count, 0),
  };
}

function seriesAt(round: number): Series {
  const first = START_SECONDS + PERIOD_SECONDS * round;
  const at = (column: number, index: number) =>
    (round + index) % 97 === column ? null : ((round + index) * (column + 7)) % 450;
  return {
    service: "algoitny",
    period_seconds: PERIOD_SECONDS,
    times: Array.from({ length: INTERVALS }, (_, index) => first + PERIOD_SECONDS * index),
    complete: INTERVALS - 1,
    as_of: first + PERIOD_SECONDS * INTERVALS,
    columns: Object.fromEntries(
      COLUMNS.map((name, column) => [
        name,
        Array.from({ length: INTERVALS }, (_, index) => at(column, index)),
      ]),
    ),
    totals: { cached_percent: round % 100, hit_p99_ms: round % 31, verified: round, errors: 0 },
    endpoints: Object.fromEntries(
      Array.from({ length: ROUTES }, (_, route) => [
        `GET /api/things/${(round + route) % 40}/`,
        { requests: round + route, hit: round, miss: route, cached_percent: round % 100 },
      ]),
    ),
  };
}

const findingsAt = (round: number): Finding[] =>
  Array.from({ length: Math.max(0, (round % 40) - 37) }, (_, which) => ({
    id: `finding-${which}`,
    sentence: `Something is wrong: ${round} of them`,
    since: START_SECONDS + round,
    means: "It means something.",
    todo: "Do something.",
  }));

const topAt = (round: number): Top => ({
  keys: Array.from({ length: 10 }, (_, rank) => ({
    key: `problem_detail:id:${round + rank}`,
    reads: 1_000 - rank,
    share_percent: 10 - rank,
  })),
  operations: Array.from({ length: 5 }, (_, rank) => ({
    operation: `Operation${round + rank}`,
    requests: round,
    hit: round,
    stale: 0,
    miss: rank,
    bypass: 0,
    uncached: 0,
  })),
});

function requestsAt(round: number): { requests: Seen[]; next_from: number } {
  const at = 1_000 * START_SECONDS + 5_000 * round;
  const requests = Array.from({ length: SEEN }, (_, which): Seen => ({
    id: `${round}-${which}`,
    at: at + which,
    endpoint: `GET /api/things/${which}/`,
    outcome: which % 5 === 0 ? "miss" : "hit",
    reason: which % 5 === 0 ? "expired" : null,
    ms: round % 90,
    database_reads: which % 3,
    tags_invalidated: 0,
    failed: which === 7,
    status: which === 7 ? 500 : null,
    key_id: `k${round}${which}`,
  }));
  return { requests, next_from: at };
}

function experimentAt(round: number): Experiment {
  const arm = (seconds: number) => ({
    ttl_seconds: seconds,
    reads: round * seconds,
    cached_percent: round % 100,
    loads: round,
    errors: 0,
    verified_stale: 0,
    dollars_per_1000_reads: 0.001 * (round % 9),
  });
  return {
    view: "problem_detail",
    state: "running",
    sentence: `Round ${round}.`,
    counts_from: START_SECONDS,
    pairs: round % 24,
    dropped: 0,
    saves_percent: { mean: round % 10, low: -5, high: 10 + (round % 10) },
    broken_rail: null,
    usual: arm(600),
    trial: arm(1_200),
  };
}

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** Result of one request: its answer, or the reason for having none. */
export type Exchange =
  | {
      status: number;
      /** Outcome of its cached read (`hit`, `stale`, `miss`, `bypass`), by `Server-Timing`; undefined if no view was read. */
      outcome: string | undefined;
      /** False if the gateway answered without a function. */
      fromFunction: boolean;
    }
  | { error: string };

/** Times in ms. */
export interface Times {
  p50_ms: number;
  p99_ms: number;
  max_ms: number;
}

/** Requests of one endpoint. */
export interface EndpointLoad extends Times {
  requests: number;
  hit: number;
  stale: number;
  miss: number;
  bypass: number;
  /** Answered by the gateway itself, without a function. */
  refused: number;
  /** Those of `refused` with a status of 500 or above: the function may have counted the request before it timed out. */
  given_up: number;
  /** No answer came; a function may still have counted the request. */
  unanswered: number;
  /** By status, or by the error if no answer came. */
  answers: Record<string, number>;
}

const OUTCOMES = ["hit", "stale", "miss", "bypass"] as const;

/** Longest time that is recorded: an hour, in µs. */
const LONGEST_US = 3_600_000_000;

const newHistogram = () => createHistogram({ lowest: 1, highest: LONGEST_US, figures: 3 });

function timesOf(histogram: RecordableHistogram): Times {
  const ms = (us: number) => Math.round(us / 10) / 100;
  return {
    p50_ms: ms(histogram.percentile(50)),
    p99_ms: ms(histogram.percentile(99)),
    max_ms: ms(histogram.max),
  };
}

type Counts = Omit<EndpointLoad, keyof Times>;

/** Collects results by endpoint, and times by cache outcome. */
export function createTally() {
  const counts = new Map<string, { load: Counts; times: RecordableHistogram }>();
  const all = newHistogram();
  const byOutcome = Object.fromEntries(OUTCOMES.map((each) => [each, newHistogram()]));
  const late = newHistogram();
  let failed = 0;
  let refused = 0;

  function of(endpoint: string) {
    const known = counts.get(endpoint);
    if (known) return known;
    const load: Counts = {
      requests: 0,
      hit: 0,
      stale: 0,
      miss: 0,
      bypass: 0,
      refused: 0,
      given_up: 0,
      unanswered: 0,
      answers: {},
    };
    const made = { load, times: newHistogram() };
    counts.set(endpoint, made);
    return made;
  }

  return {
    /** A request that was sent `ms` after its scheduled time. */
    noteLate: (ms: number) => late.record(inUs(ms)),
    /** A request whose answer came `ms` after its scheduled time. */
    note(endpoint: string, exchange: Exchange, ms: number): void {
      const { load, times } = of(endpoint);
      load.requests += 1;
      const name = "error" in exchange ? exchange.error : String(exchange.status);
      load.answers[name] = (load.answers[name] ?? 0) + 1;
      for (const each of [times, all]) each.record(inUs(ms));
      if ("error" in exchange || (exchange.fromFunction && exchange.status >= 500)) failed += 1;
      if ("error" in exchange) {
        load.unanswered += 1;
        return;
      }
      if (!exchange.fromFunction) {
        load.refused += 1;
        if (exchange.status >= 500) load.given_up += 1;
        refused += 1;
      }
      const outcome = OUTCOMES.find((each) => each === exchange.outcome);
      if (outcome === undefined) return;
      load[outcome] += 1;
      byOutcome[outcome]?.record(inUs(ms));
    },
    result: () => ({
      failed,
      refused,
      late_p99_ms: timesOf(late).p99_ms,
      all: timesOf(all),
      outcomes: Object.fromEntries(
        Object.entries(byOutcome).map(([name, each]) => [
          name,
          { requests: each.count, ...timesOf(each) },
        ]),
      ),
      endpoints: Object.fromEntries(
        [...counts]
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([endpoint, { load, times }]) => [endpoint, { ...load, ...timesOf(times) }]),
      ) as Record<string, EndpointLoad>,
    }),
  };
}

function inUs(ms: number): number {
  return Math.min(LONGEST_US, Math.max(1, Math.round(ms * 1_000)));
}

import type { Question } from "./question.ts";
import type { Moments } from "./register.ts";

/**
 * A hot page of the public feed may miss other users' new executions for 1 s; the rest of this time allows for
 * differences of the clocks.
 */
const TOLERATED_MS = 1_000 + 50;

/** Number of consecutive loads after which a page is hot. */
const HOT_AFTER_RELOADS = 5;

/** Loads are consecutive within 1 s; those of a hot page, within 2 s. */
const SOON_MS = 1_000;
const SOON_WHILE_HOT_MS = 2_000;

/** Number of remembered loads of a page: enough to know that a page is hot. */
const REMEMBERED = 64;

interface Load {
  readonly beganMs: number;
  /** Infinity until the question has been answered. */
  endedMs: number;
}

/** A question in progress. */
export interface Asked {
  /** Ends the question; returns the moment since which others' executions may be missing from its answer, if any may. */
  answered(cache: string): number | undefined;
}

/**
 * Knows the pages that may be hot: those with so many consecutive loads that the cache may tolerate new executions.
 * Each answer that was not a hit, and each one in progress, counts as a load, so that it never treats a hot page as
 * exact.
 */
export class HotPages {
  readonly #moments: Moments;
  readonly #now: () => number;
  readonly #loads = new Map<string, Load[]>();
  /** Moments and their times, ascending: the first is older than the tolerated time. */
  #times: { ms: number; moment: number }[] = [];

  constructor(moments: Moments, now = () => performance.now()) {
    this.#moments = moments;
    this.#now = now;
  }

  ask({ key }: Pick<Question, "key">): Asked {
    const beganMs = this.#now();
    const sinceMs = beganMs - TOLERATED_MS;
    this.#times.push({ ms: beganMs, moment: this.#moments.next() });
    const last = this.#times.findLastIndex(({ ms }) => ms <= sinceMs);
    if (last > 0) this.#times = this.#times.slice(last);
    const [first] = this.#times;
    const late = first && first.ms <= sinceMs ? first.moment : 0;
    const load: Load = { beganMs, endedMs: Infinity };
    const loads = [...(this.#loads.get(key) ?? []), load].slice(-REMEMBERED);
    this.#loads.set(key, loads);
    return {
      answered: (cache) => {
        const others = (this.#loads.get(key) ?? []).filter((each) => each !== load);
        const isHot = isHotAfter(cache === "hit" ? others : [...others, load]);
        if (cache === "hit") this.#loads.set(key, others);
        else load.endedMs = this.#now();
        return isHot ? late : undefined;
      },
    };
  }
}

function isHotAfter(loads: readonly Load[]): boolean {
  let [heat, endedMs] = [-1, -Infinity];
  for (const each of loads.toSorted((one, other) => one.beganMs - other.beganMs)) {
    const soonMs = heat >= HOT_AFTER_RELOADS ? SOON_WHILE_HOT_MS : SOON_MS;
    heat = heat >= 0 && each.beganMs - endedMs < soonMs ? heat + 1 : 0;
    endedMs = Math.max(endedMs, each.endedMs);
  }
  return heat >= HOT_AFTER_RELOADS;
}

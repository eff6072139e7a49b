import type { Question } from "./question.ts";
import type { Moments } from "./register.ts";

/** A page of the public feed that is hot may leave out others' new executions for 1 s; clocks of processes differ by less than the rest. */
const TOLERATED_MS = 1_000 + 50;

/** Loads in a row, each soon after the one before, after which a page is hot. */
const HOT_AFTER_RELOADS = 5;

/** A load is soon within 1 s; of a page that is hot, within 2 s. */
const SOON_MS = 1_000;
const SOON_WHILE_HOT_MS = 2_000;

/** Loads of a page that are remembered: enough for one that is hot to be known as such. */
const REMEMBERED = 64;

interface Load {
  readonly beganMs: number;
  /** Infinity until it has been answered. */
  endedMs: number;
}

/** A question that is being asked. */
export interface Asked {
  /** Ends it, and returns the moment as of which executions of others may be missing from its answer; undefined: none may. */
  answered(cache: string): number | undefined;
}

/**
 * Knows which pages may be hot: those that were loaded so often, and so soon after one another, that the cache may
 * tolerate new executions. Counts each answer that was no hit, and each one under way, as a load: it never takes a hot page for one that is not.
 */
export class HotPages {
  readonly #moments: Moments;
  readonly #now: () => number;
  readonly #loads = new Map<string, Load[]>();
  /** Moments and their times, ascending: the first is older than what is tolerated. */
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

import { type Arm, armAt, countedFrom, secondsOf } from "./arms.ts";
import type { Experiment } from "./experiment.ts";

/** Time for which a process trusts what it has read of an experiment: a minute. */
const KEPT_MS = 60_000;

/** Share by up to which the cache shortens or lengthens a view's lifetime at random: its default jitter. */
const JITTER = 0.1;

/** A key's arm in an experiment. */
export interface ArmOfKey {
  readonly experiment: string;
  readonly arm: Arm;
}

interface Known {
  readonly experiment: Experiment | undefined;
  /** Time at which this process learned of this experiment. */
  readonly sinceMs: number;
  readonly readMs: number;
  readonly reading: Promise<void>;
}

export type ReadExperiment = (view: string) => Promise<Experiment | undefined>;

/**
 * Experiments that this process knows, by view. The process learns of them during loads: a hit reads nothing for
 * this.
 */
export function rememberExperiments(now: () => number) {
  const known = new Map<string, Known>();

  function running(view: string): (Known & { experiment: Experiment }) | undefined {
    const found = known.get(view);
    return found?.experiment?.state === "running"
      ? { ...found, experiment: found.experiment }
      : undefined;
  }

  return {
    /** Reads a view's experiment, once a minute at most, and by one reader at a time. */
    async learn(view: string, read: ReadExperiment): Promise<void> {
      const nowMs = now();
      const before = known.get(view);
      if (before && nowMs - before.readMs < KEPT_MS) return before.reading;
      const reading = (async () => {
        // A failed read counts as no experiment: the view's usual lifetime is always right.
        const experiment = await read(view).catch(() => undefined);
        const isSame = before?.experiment?.id === experiment?.id;
        const sinceMs = before && isSame ? before.sinceMs : nowMs;
        known.set(view, { ...(known.get(view) as Known), experiment, sinceMs });
      })();
      const { experiment, sinceMs = nowMs } = before ?? {};
      known.set(view, { experiment, sinceMs, readMs: nowMs, reading });
      return reading;
    },

    /**
     * The arm for which a read, a load or a check of a key counts now; undefined if none. A process that learns of an
     * experiment within the counted part of a slot starts to count in the next slot: otherwise it would count the miss
     * by which it learned, but not the hits before that.
     */
    armOf(view: string, key: () => string): ArmOfKey | undefined {
      const { experiment, sinceMs } = running(view) ?? {};
      if (!experiment || sinceMs === undefined) return undefined;
      const nowSeconds = now() / 1_000;
      const from = countedFrom(experiment, nowSeconds);
      if (nowSeconds < from || sinceMs / 1_000 > from) return undefined;
      const arm = armAt(experiment, key(), nowSeconds);
      return arm && { experiment: experiment.id, arm };
    },

    /** Lifetime that an experiment gives to a key now, in seconds; undefined without one. */
    secondsFor(view: string, key: string): number | undefined {
      const experiment = running(view)?.experiment;
      const arm = experiment && armAt(experiment, key, now() / 1_000);
      return experiment && arm && secondsOf(experiment, arm);
    },

    /**
     * Limit of the lifetimes of a view's entries, in ms. Under an experiment it is above the lifetimes of both arms: the cache
     * shortens or lengthens the limit by its jitter, and the shortest result must still cover both.
     */
    longestMs(view: string, usualMs: number): number {
      const experiment = running(view)?.experiment;
      if (!experiment) return usualMs;
      const { usual_seconds: usual, trial_seconds: trial } = experiment;
      return Math.ceil((Math.max(usual, trial) * 1_000) / (1 - JITTER));
    },
  };
}

export type KnownExperiments = ReturnType<typeof rememberExperiments>;

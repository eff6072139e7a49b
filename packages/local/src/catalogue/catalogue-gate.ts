import { setTimeout as pause } from "node:timers/promises";
import { schedules } from "@algoitny/functions/deployment/schedules";
import { z } from "zod";
import type { Invoke } from "../invoke.ts";

/** Handlers of lists, each of which reads the whole catalogue. */
const READERS = new Set(["http/list-problems", "http/list-drafts", "http/list-registered"]);

/** A plan that reads the catalogue, and besides loads few entries: the details that were read most, at most 20. */
const EVENT = { plan: "most_read" };

/** Highest number of attempts, of up to 10 s each, and the pause between two: on a busy machine services may seem to be down. */
const MOST_ATTEMPTS = 30;
const PAUSE_MS = 500;

const Report = z.object({
  plans: z.array(z.object({ out_of_time: z.boolean(), error: z.string().optional() })),
});

/** Keeps requests for lists waiting until the catalogue is in the cache, or cannot be read into it. */
export interface CatalogueGate {
  /** Resolves when a function may run: at once, unless it is the handler of a list. */
  readonly pass: (file: string) => Promise<void>;
  /** Runs the first beat, reads the catalogue into the cache, and opens the gate, also after a failure. Never rejects. */
  readonly fill: (invoke: Invoke, beat: () => Promise<unknown>) => Promise<void>;
}

/**
 * Creates a gate. Over an empty Redis, the first requests for lists would each read all of a large catalogue, which takes a
 * busy machine longer than their 10 s.
 */
export function createCatalogueGate({
  sleep = (ms: number): Promise<void> => pause(ms),
} = {}): CatalogueGate {
  const filled = Promise.withResolvers<void>();

  async function isFilledBy(invoke: Invoke): Promise<boolean> {
    const { data } = Report.safeParse(await invoke(schedules.WarmProblems.file, EVENT));
    if (data === undefined) return true;
    // While services are down, the report has no plans.
    return (
      data.plans.length > 0 &&
      data.plans.every((plan) => !plan.out_of_time && plan.error === undefined)
    );
  }

  return {
    pass: async (file) => (READERS.has(file) ? filled.promise : undefined),
    async fill(invoke, beat) {
      try {
        // The first beat clears the cache in a new Redis: entries that were loaded before it would be loaded again.
        await beat();
        for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
          if (await isFilledBy(invoke)) return;
          await sleep(PAUSE_MS);
        }
      } catch {
        // The function's log has the reason. Requests for lists then load the catalogue themselves.
      } finally {
        filled.resolve();
      }
    },
  };
}

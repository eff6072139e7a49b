import type { ArmOfKey, KnownExperiments, ReadExperiment } from "./known-experiments.ts";

let known: KnownExperiments | undefined;

/**
 * Experiments that this process knows. The first load of a view loads the code that reads them: processes that only serve
 * hits do not need it.
 */
export const knownExperiments = {
  async learn(view: string, read: ReadExperiment): Promise<void> {
    const { rememberExperiments } = await import("./known-experiments.ts");
    known ??= rememberExperiments(() => Date.now());
    return known.learn(view, read);
  },
  armOf: (view: string, key: () => string): ArmOfKey | undefined => known?.armOf(view, key),
  secondsFor: (view: string, key: string) => known?.secondsFor(view, key),
  longestMs: (view: string, usualMs: number) => known?.longestMs(view, usualMs) ?? usualMs,
} satisfies KnownExperiments;

import { AsyncLocalStorage } from "node:async_hooks";
import { Loaded } from "@algoitny/cache";
import type { Source } from "../source.ts";
import type { KnownExperiments } from "./known-experiments.ts";

/** Runs a function outside of the load's async context: its reads count neither for the value nor for the request's cost. */
const outside = AsyncLocalStorage.snapshot();

interface Loads {
  readonly load: (params: never, source: Source, ...rest: never[]) => unknown;
  readonly loadMany?: ((params: never, source: Source, ...rest: never[]) => unknown) | undefined;
}

/**
 * Wraps loaders so that values get the lifetime of the experiment on their view, or the usual one without an experiment.
 * The state of the experiment is read during the load, at most once a minute.
 */
export function withTriedLifetimes<Options extends Loads>(
  options: Options,
  view: { readonly name: string; readonly keyFor: (params: never) => string },
  known: KnownExperiments,
): Options {
  const { load, loadMany } = options;

  async function learned<Value>(loading: Value, source: Source): Promise<Awaited<Value>> {
    const { experiment } = source;
    const learning = experiment && outside(() => known.learn(view.name, experiment));
    const [loaded] = await Promise.all([loading, learning]);
    return loaded;
  }

  function limited(params: never, loaded: unknown): unknown {
    const seconds = known.secondsFor(view.name, view.keyFor(params));
    if (seconds === undefined || loaded instanceof Error) return loaded;
    const { value, options: own } = loaded instanceof Loaded ? loaded : new Loaded(loaded);
    return new Loaded(value, { ...own, ttl: `${seconds} seconds` });
  }

  return {
    ...options,
    load: async (params, source, ...rest) =>
      limited(params, await learned(load(params, source, ...rest), source)),
    ...(loadMany && {
      loadMany: async (params: readonly never[], source: Source, ...rest: never[]) => {
        const loaded = await learned(loadMany(params as never, source, ...rest), source);
        return (loaded as unknown[]).map((each, index) => limited(params[index] as never, each));
      },
    }),
  };
}

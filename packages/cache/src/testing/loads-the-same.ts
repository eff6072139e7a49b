import { type Duration, toMs } from "../duration.ts";
import { CacheError } from "../errors.ts";
import { withoutUndefined } from "../json-value.ts";
import type { CacheInLoad, LoadReads } from "../recording/load-reads.ts";
import { Loaded, type Resource } from "../resource.ts";

export interface SameLoadsOptions<Source> {
  /** Passed to both loads. */
  source: Source;
  /** Used by loads that read other resources. */
  cache?: CacheInLoad;
  /** Time between the two clocks. Default "1 day". */
  apart?: Duration;
}

/**
 * Loads a value twice, with two clocks and different random numbers, and rejects if the values differ: they depend on
 * something that no tag covers. The function replaces `Date` and `Math.random` meanwhile, so nothing else may run at the
 * same time.
 *
 * @example await loadsTheSame(book, { id: 7 }, { source: database });
 */
export async function loadsTheSame<Params, Value, Source>(
  resource: Resource<Params, Value, Source>,
  params: Params,
  { source, cache, apart = "1 day" }: SameLoadsOptions<Source>,
): Promise<void> {
  const reads = unrecorded(cache);
  const load = async () => {
    const { signal } = new AbortController();
    const value: unknown = await resource.load(params, source, { signal, reads });
    const plain = value instanceof Loaded ? (value.value as unknown) : value;
    return resource.serializer ? resource.serializer.stringify(plain) : withoutUndefined(plain);
  };
  const first = await under({ aheadMs: 0, random: 0.25 }, load);
  const second = await under({ aheadMs: toMs(apart), random: 0.75 }, load);
  const place = differenceOf(first, second, "value");
  if (place !== undefined)
    throw new CacheError(
      "value_unsupported",
      `${resource.keyFor(params)}: two loads differ in ${place}: does the load depend on the time, random numbers or what the module remembers?`,
    );
}

/** The `reads` of a load, which record nothing. */
function unrecorded(cache: CacheInLoad | undefined): LoadReads {
  const missing = () =>
    Promise.reject(
      new CacheError(
        "definition_invalid",
        "loadsTheSame: the load reads other resources: pass a cache",
      ),
    );
  const noted = { useReserve: () => undefined };
  return {
    before: async () => noted,
    own: (read) => read(),
    mayBeBehind: () => undefined,
    endsBy: () => undefined,
    unrecorded: () => undefined,
    allow: () => undefined,
    cache: cache ?? { get: missing, getMany: missing },
  };
}

/** Runs a function with another clock and one fixed random number. */
async function under<T>(
  { aheadMs, random }: { aheadMs: number; random: number },
  run: () => Promise<T>,
): Promise<T> {
  const [RealDate, realRandom] = [Date, Math.random];
  const now = () => RealDate.now() + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (_, given: [], target) =>
      Reflect.construct(RealDate, given.length > 0 ? given : [now()], target) as Date,
    get: (date, name, receiver) =>
      name === "now" ? now : (Reflect.get(date, name, receiver) as unknown),
  });
  Math.random = () => random;
  try {
    return await run();
  } finally {
    globalThis.Date = RealDate;
    Math.random = realRandom;
  }
}

/** Path of the first part that differs. */
function differenceOf(one: unknown, other: unknown, path: string): string | undefined {
  if (Object.is(one, other)) return undefined;
  const areObjects = [one, other].every((each) => typeof each === "object" && each !== null);
  if (!areObjects || Array.isArray(one) !== Array.isArray(other)) return path;
  const [before, after] = [one, other] as Record<string, unknown>[] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const found = differenceOf(before[name], after[name], `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

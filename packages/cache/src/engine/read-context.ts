import { type EntryKeys, entryKeys } from "../protocol/key-names.ts";
import type { AnyResource, Resource } from "../resource.ts";
import { type Budget, budgetOf } from "./budget.ts";
import type { Engine } from "./context.ts";

/** Options of a read, in addition to its parameters. */
export interface ReadOptions<Source> {
  /** Passed to the loader. */
  source: Source;
  /** Remaining time of the whole request, in ms: `() => context.getRemainingTimeInMillis()`. Default: no limit. */
  remainingMs?: () => number;
  /** Aborting it rejects the operation at once; loads that have begun continue. */
  signal?: AbortSignal;
  /**
   * If-None-Match of a client's request, for `getEntry`: a fresh entry that it names comes without its body, which the
   * client has. Has no effect if a replica may answer (`reads`), or if the resource has `l1`, `mode` or `ramp`.
   */
  ifNoneMatch?: string | undefined;
  /** Keeps the process awake for work that continues after the read: stale values are then served before their refresh. */
  waitUntil?: (work: Promise<unknown>) => void;
}

/** Options of a read whose resource is known only by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever the resource's loader takes
export type AnyReadOptions = Partial<ReadOptions<any>>;

/** One read in progress. */
export interface ReadContext<Params, Value, Source> {
  readonly resource: Resource<Params, Value, Source>;
  readonly params: Params;
  readonly source: Source;
  readonly keys: EntryKeys;
  readonly budget: Budget;
  readonly waitUntil: ReadOptions<unknown>["waitUntil"];
  /** As given; validated once a look has found nothing to serve as it is. */
  readonly options: object;
  /** Start of the read, by the process's logical clock. */
  readonly tick: number;
  /**
   * True if this read must get the primary's current entry, by stamps that the read requests: inside loads, whose
   * result would keep a stale value for the life of an entry, in snapshots, and to compare a stored value with the
   * origin's.
   */
  readonly isExact: boolean;
  /** True in `getMany` and `warm`: they use the resource's `loadMany`, if it has one and does not record its loads. */
  readonly isBulk?: boolean;
  /** Highest number of entries that are loaded and stored at a time, if several are read. Default: all. */
  readonly atOnce?: number | undefined;
  /** Id of an entry whose body is damaged or does not match the schema: this read treats it as missing. */
  readonly unusable?: string;
}

/** Nesting depth of reads inside of loads; `depths` is undefined until the code of loads is imported. */
export const loads: { depths?: { getStore(): number | undefined } } = {};

// oxlint-disable-next-line typescript/no-explicit-any -- the engine treats every resource's types alike
export type AnyRead = ReadContext<any, any, any>;

/** Registers a resource by its name, which no other may have: two would read each other's entries. */
export async function meet({ definitions }: Engine, resource: AnyResource): Promise<void> {
  const { name, isDeclared } = resource;
  const known = definitions.get(name);
  if (!isDeclared || known === resource) return;
  if (known) (await import("../definition-clash.ts")).refuseClash(known, resource);
  definitions.set(name, resource);
}

/**
 * Starts the read of a call. Rejects wrong arguments with a CacheError that says what to pass, instead of a TypeError.
 */
export async function openRead<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: Params,
  options: Partial<ReadOptions<Source>> = {},
): Promise<ReadContext<Params, Value, Source>> {
  try {
    await meet(engine, resource);
    return startRead(engine, resource, params, options as ReadOptions<Source>);
  } catch (error) {
    throw (await import("../call-faults.ts")).explained(error, resource, params, options);
  }
}

/** Starts a read and takes its logical timestamp. */
export function startRead<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: Params,
  options: ReadOptions<Source>,
  keysOf = entryKeys,
): ReadContext<Params, Value, Source> {
  const { source, remainingMs, waitUntil = engine.waitUntil } = options;
  return {
    resource,
    params,
    source,
    keys: keysOf(engine.space, resource, params),
    budget: budgetOf(remainingMs),
    waitUntil,
    options,
    tick: engine.tick(),
    isExact: !!loads.depths?.getStore(),
  };
}

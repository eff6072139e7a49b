import { type EntryKeys, entryKeys } from "../protocol/key-names.ts";
import type { Resource } from "../resource.ts";
import type { Reads } from "../store.ts";
import { type Budget, budgetOf } from "./budget.ts";
import type { Engine } from "./context.ts";

/** Options of a read beside its parameters. */
export interface ReadOptions<Source> {
  /** Handed to the loader. */
  source: Source;
  /** Time left to the whole request, in ms: `() => context.getRemainingTimeInMillis()`. Default: no limit. */
  remainingMs?: () => number;
  /** The read rejects as soon as it is aborted. */
  signal?: AbortSignal;
  /** Keeps the process awake for work that goes on after the read: stale values are then served before their refresh. */
  waitUntil?: (work: Promise<unknown>) => void;
}

/** Options of a read whose resource is known by its name alone. */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever the resource's loader takes
export type AnyReadOptions = Partial<ReadOptions<any>>;

/** One read under way. */
export interface ReadContext<Params, Value, Source> {
  readonly resource: Resource<Params, Value, Source>;
  readonly params: Params;
  readonly source: Source;
  readonly keys: EntryKeys;
  readonly budget: Budget;
  readonly waitUntil: ReadOptions<unknown>["waitUntil"];
  /** Start of the read, by the process's logical clock. */
  readonly tick: number;
  readonly from: Reads;
  /** True when it is read together with others: then the bulk loader is used. */
  readonly isBulk: boolean;
  /** Id of an entry whose body is damaged or does not fit the schema: to this read it is as good as missing. */
  readonly unusable?: string;
}

/** Nesting depth of reads inside of loads: undefined until the first load has begun. */
export const loads: { depths?: { getStore(): number | undefined } } = {};

// oxlint-disable-next-line typescript/no-explicit-any -- the engine treats every resource's types alike
export type AnyRead = ReadContext<any, any, any>;

/** Starts a read and takes its logical timestamp: all that happens from here on is later than it. */
export function startRead<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: Params,
  { source, remainingMs, waitUntil = engine.waitUntil }: ReadOptions<Source>,
  { isBulk = false } = {},
): ReadContext<Params, Value, Source> {
  return {
    resource,
    params,
    source,
    keys: entryKeys(engine.space, resource, params),
    budget: budgetOf(remainingMs),
    waitUntil,
    tick: engine.tick(),
    from: loads.depths?.getStore() ? "primary" : engine.reads,
    isBulk,
  };
}

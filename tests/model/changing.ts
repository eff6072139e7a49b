import { CacheError, Loaded } from "@algoitny/cache";
import { LIMITS } from "./cache-instance.ts";
import type { InvalidationRecord, ReadRecord, Scope } from "./call-history.ts";
import { answer, begin, end, readRows } from "./loads.ts";
import { resourceOf, tags, valueTagsOf } from "./model-resources.ts";
import type { Operation } from "./scenario.ts";
import { rowsOf, type Value } from "./values.ts";
import type { Instance, World } from "./world.ts";

type Changing = Extract<Operation, { do: "change" | "set" }>;

/** Durations of slow writes, in ms: within the limit, and over it. */
const SLOW_MS = [150, 6_000, 12_000];

class WriteFailure extends Error {
  override readonly name = "WriteFailure";
}

/** Writes through the cache, and records the announcement, which counts from the moment of the write. */
export async function change(world: World, instance: Instance, operation: Changing): Promise<void> {
  const { history, log } = world;
  const written: InvalidationRecord[] = [];
  const { restarts } = world;
  log?.(instance.name, () => `${nameOf(operation)} begins`);
  try {
    await (operation.do === "change"
      ? instance.cache.change(operation.rows.map(tags.row), (signal) =>
          write(world, instance, { operation, written, restarts, signal }),
        )
      : setEntry(world, instance, operation, { written, restarts }));
    log?.(instance.name, () => `${nameOf(operation)} has returned`);
  } catch (error) {
    log?.(instance.name, () => `${nameOf(operation)} failed: ${String(error)}`);
    if (error instanceof WriteFailure) return;
    const code = error instanceof CacheError ? error.code : undefined;
    if (code === "write_timeout") return;
    if (code !== "invalidation_failed") throw error;
    if (written.length === 0) return;
    const text = `${instance.name}'s ${nameOf(operation)} failed, and has written`;
    history.complain({ promise: "nothing is written unannounced", text });
  }
}

/** Writes rows of an entry, and stores the entry with the rows as they then are. */
async function setEntry(
  world: World,
  instance: Instance,
  operation: Extract<Changing, { do: "set" }>,
  begun: Pick<Write, "written" | "restarts">,
): Promise<void> {
  const { key, resource, rows } = operation;
  const read: ReadRecord = {
    id: -1,
    resource,
    key,
    instance,
    start: world.history.moment(),
    budgetMs: undefined,
    refreshes: false,
    end: undefined,
  };
  const defined = resourceOf(resource, instance.program);
  const reader = { world, instance, read };
  const make = async (signal: AbortSignal): Promise<Loaded<Value>> => {
    const record = begin(reader, resource, key, { signal, isWrite: true });
    try {
      await write(world, instance, { operation, ...begun, signal });
      await readRows(reader, record);
    } catch (error) {
      end(reader, record, "failed");
      throw error;
    }
    const { value, options } = answer(reader, record);
    return new Loaded(value, { ...options, tags: valueTagsOf(defined, key) });
  };
  const invalidate = operation.announces ? rows.map(tags.row) : [];
  try {
    await instance.cache.set(defined, { key }, make, { invalidate });
  } finally {
    read.end = world.history.moment();
  }
}

interface Write {
  readonly operation: Changing;
  readonly written: InvalidationRecord[];
  /** Number of the store's total losses before the write was announced. */
  readonly restarts: number;
  readonly signal: AbortSignal;
}

/** Performs the write in a separate step, which may be slow, and whose answer may be lost. */
async function write(
  world: World,
  instance: Instance,
  { operation, written, restarts, signal }: Write,
): Promise<void> {
  const { scheduler, choices, scenario, database, log } = world;
  const { name } = instance;
  const startMs = scheduler.now();
  await scheduler.turn(name);
  const slowMs = choices.chance(0.2) ? SLOW_MS[choices.pick(SLOW_MS.length)] : undefined;
  if (slowMs !== undefined) await scheduler.sleep(name, slowMs);
  if (signal.aborted || scheduler.now() - startMs >= LIMITS.writeMs)
    throw new WriteFailure("too late");
  for (const row of operation.rows) database.write(row, operation.exists);
  log?.(name, () => `${nameOf(operation)} writes`);
  // A store that has lost all data has lost the announcement too.
  if (world.restarts === restarts) note(world, instance, operation, written);
  await scheduler.turn(name);
  if (choices.chance(scenario.loadTrouble / 2)) throw new WriteFailure("no answer");
}

function note(
  { history, database }: World,
  instance: Instance,
  operation: Changing,
  written: InvalidationRecord[],
): void {
  for (const scope of scopesOf(operation)) {
    const now = history.moment();
    const record: InvalidationRecord = {
      scope,
      name: nameOf(operation),
      soft: false,
      isAnnounced: true,
      instance,
      start: now,
      rows: database.versions(),
      returned: now,
      failed: undefined,
    };
    written.push(record);
    history.invalidations.push(record);
  }
}

function scopesOf(operation: Changing): Scope[] {
  const byTags: Scope = { by: "tags", tags: operation.rows.map(tags.row) };
  if (operation.do === "change") return [byTags];
  const byKey: Scope = { by: "keys", keys: [`${operation.resource}:${operation.key}`] };
  return operation.announces ? [byTags, byKey] : [byKey];
}

function nameOf(operation: Changing): string {
  const rows = operation.rows.join(", ");
  return operation.do === "change"
    ? `change ${rows}`
    : `set ${operation.resource}:${operation.key} (${rows})`;
}

/** The rows that a set writes: all rows of its entry, or the first one. */
export function rowsToSet(key: string, all: boolean): string[] {
  return all ? rowsOf(key) : rowsOf(key).slice(0, 1);
}

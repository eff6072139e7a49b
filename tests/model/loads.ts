import { type CacheEntry, Loaded, type Resource } from "@algoitny/cache";
import { inheritedFrom } from "./deriving-mistakes.ts";
import { judgeLoad } from "./single-flight.ts";
import type { LoadRecord } from "./call-history.ts";
import { type Params, type Reader, rowsOf, type Value } from "./values.ts";

/** Texts that must be returned exactly as they were stored. */
const TEXTS = [
  "42",
  "null",
  "1e400",
  "12345678901234567890",
  "",
  '"',
  "\ud800",
  "\u2028",
  "ключ\0",
];

/** Longest lag of an eventually consistent load: less than the settling window minus the disagreement of the clocks. */
export const LOAD_LAG_MS = 2_500;

/** Durations of slow loads, in ms: within every limit, over the soft limit, over the hard one. */
const SLOW_MS = [150, 1_200, 2_600, 6_000];

/** Derives a value from others, which are read through the cache. */
export async function loadFromParts(
  reader: Reader,
  resource: string,
  { key }: Params,
  { signal, part }: { signal: AbortSignal; part: Resource<Params, Value, Reader> },
): Promise<Loaded<Value>> {
  const { world, instance } = reader;
  const record = begin(reader, resource, key, { signal });
  const read: CacheEntry<Value>[] = [];
  const readPart = (row: string) => instance.cache.getEntry(part, { key: row }, { source: reader });
  let from: CacheEntry<Value>[];
  try {
    for (const row of rowsOf(key)) {
      const entry = await readPart(row);
      const made = world.history.loads[Number(entry.entry.header.headers["load"])] as LoadRecord;
      record.rows[row] = made.rows[row] as number;
      read.push(entry);
    }
    const again = (index: number) => readPart(rowsOf(key)[index] as string);
    from = await inheritedFrom(world.mistake, read, again);
  } catch (error) {
    end(reader, record, "failed");
    throw error;
  }
  const { value, options } = answer(reader, record);
  return new Loaded(value, { ...options, from });
}

export class LoadFailure extends Error {
  override readonly name = "LoadFailure";
}

/** Reads a value's rows one by one, each in a separate step. */
export async function loadOne(
  reader: Reader,
  resource: string,
  { key }: Params,
  signal: AbortSignal,
): Promise<Loaded<Value>> {
  const record = begin(reader, resource, key, { signal });
  try {
    await readRows(reader, record);
    await trouble(reader);
  } catch (error) {
    end(reader, record, "failed");
    throw error;
  }
  return answer(reader, record);
}

/** Reads the rows of many values, each of which may fail alone. */
export async function loadMany(
  reader: Reader,
  resource: string,
  params: readonly Params[],
  signal: AbortSignal,
): Promise<(Loaded<Value> | Error)[]> {
  const { choices, scenario } = reader.world;
  const records = params.map(({ key }) => begin(reader, resource, key, { signal }));
  try {
    for (const record of records) await readRows(reader, record);
    await trouble(reader);
  } catch (error) {
    for (const record of records) end(reader, record, "failed");
    throw error;
  }
  return records.map((record) => {
    if (!choices.chance(scenario.loadTrouble / 4)) return answer(reader, record);
    end(reader, record, "failed");
    return new LoadFailure(`load ${record.id}`);
  });
}

export function begin(
  { world, instance, read }: Reader,
  resource: string,
  key: string,
  { signal, isWrite = false }: { signal: AbortSignal; isWrite?: boolean },
): LoadRecord {
  const { history, log } = world;
  const grant = history.grantFor(instance, `${resource}:${key}`);
  const record: LoadRecord = {
    id: history.loads.length,
    resource,
    key,
    instance,
    reader: read,
    start: history.moment(),
    rows: {},
    end: undefined,
    outcome: "running",
    value: undefined,
    isWrite,
    grant,
  };
  history.loads.push(record);
  log?.(instance.name, () => `load ${record.id} of ${resource}:${key} begins`);
  // A write takes the lease, whoever holds it.
  const complaint = isWrite ? undefined : judgeLoad(world, record);
  if (complaint) history.complain(complaint);
  signal.addEventListener("abort", () => end({ world, instance, read }, record, "failed"));
  return record;
}

export async function readRows({ world, instance }: Reader, record: LoadRecord): Promise<void> {
  const { scheduler, database, choices, log } = world;
  const lagMs = record.resource.toLowerCase().endsWith("eventual") ? LOAD_LAG_MS : 0;
  for (const row of rowsOf(record.key)) {
    await scheduler.turn(instance.name, { bound: false });
    const { version } = database.read(row, lagMs, (count) => choices.pick(count));
    record.rows[row] = version;
    log?.(instance.name, () => `load ${record.id} reads row ${row}: version ${version}`);
  }
  await scheduler.turn(instance.name);
}

export async function trouble({ world, instance }: Reader): Promise<void> {
  const { choices, scenario, scheduler } = world;
  if (!choices.chance(scenario.loadTrouble)) return;
  const slowMs = SLOW_MS[choices.pick(SLOW_MS.length + 1)];
  if (slowMs !== undefined) await scheduler.sleep(instance.name, slowMs);
  if (slowMs === undefined || choices.chance(0.3)) throw new LoadFailure("the database failed");
}

export function answer(reader: Reader, record: LoadRecord): Loaded<Value> {
  const { world, instance } = reader;
  const { id, key, rows } = record;
  const found = rowsOf(key).every((row) => world.database.existed(row, rows[row] as number));
  const value: Value | undefined = found
    ? {
        load: id,
        rows: { ...rows },
        text: TEXTS[id % TEXTS.length] as string,
        program: instance.program,
      }
    : undefined;
  if (record.outcome === "running") record.value = value;
  end(reader, record, found ? "found" : "absent");
  // "Not found" is an answer too: its header identifies the load.
  return new Loaded(value as Value, { headers: { load: String(id) } });
}

export function end(
  { world, instance }: Reader,
  record: LoadRecord,
  outcome: LoadRecord["outcome"],
): void {
  if (record.outcome !== "running") return;
  record.outcome = outcome;
  record.end = world.history.moment();
  world.log?.(instance.name, () => `load ${record.id} ends: ${outcome}`);
}

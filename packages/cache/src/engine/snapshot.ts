import { CacheError } from "../errors.ts";
import { exactly } from "./compare.ts";
import type { Engine } from "./context.ts";
import { exchange } from "./exchange.ts";
import { stampNames } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/** Reads decoded values by key, and notes the entries that they come from. */
type ReadValues<Value> = (
  engine: Engine,
  reads: readonly AnyRead[],
  entries: Map<string, Served>,
) => Promise<Map<string, Value | undefined | Error>>;

/** Highest number of attempts at a snapshot: 5. Each fails if a write came between, or an entry was not stored. */
const SNAPSHOT_TRIES = 5;

/**
 * Values from one point in time: either all are hits of a single look, or all stamps are compared once more after the
 * loads. If a write came between, the read is repeated, and then all entries are hits except those that the write
 * invalidated.
 */
export async function snapshotOf<Value>(
  engine: Engine,
  reads: readonly AnyRead[],
  entries: Map<string, Served>,
  valuesOf: ReadValues<Value>,
): Promise<Map<string, Value | undefined | Error>> {
  for (let tries = 0; tries < SNAPSHOT_TRIES; tries += 1) {
    const again = reads.map((read) => ({ ...exactly(read), tick: engine.tick() }));
    entries.clear();
    const values = await valuesOf(engine, again, entries);
    const all = [...entries.values()];
    const isOneLook = all.every(
      ({ lookedAt }) => lookedAt !== undefined && lookedAt === all[0]?.lookedAt,
    );
    if (isOneLook || (await areValid(engine, again, entries))) return values;
  }
  throw new CacheError(
    "store_failed",
    "no snapshot: the entries keep changing, or were not stored",
  );
}

/** True if all entries are valid at one point in time, by all of their stamps. */
async function areValid(
  engine: Engine,
  reads: readonly AnyRead[],
  entries: ReadonlyMap<string, Served>,
): Promise<boolean> {
  const expected = new Map<string, string>();
  for (const read of reads) {
    const entry = entries.get(read.keys.key)?.entry;
    if (entry === undefined) continue;
    for (const [index, name] of stampNames(engine, read, entry).entries()) {
      const stamp = entry.header.stamps[index] ?? "";
      if (stamp === "" || (expected.get(name) ?? stamp) !== stamp) return false;
      expected.set(name, stamp);
    }
  }
  const [one] = reads;
  if (one === undefined || expected.size === 0) return true;
  const reply = await exchange(engine, one, (store) => store.mget([...expected.keys()], "primary"));
  return reply.ok && [...expected.values()].every((stamp, index) => reply.value[index] === stamp);
}

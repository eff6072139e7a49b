import type { Loaded, LoadReads } from "@algoitny/cache";
import { answer, begin, end, trouble } from "./loads.ts";
import type { RowVersion } from "./model-database.ts";
import { tags } from "./row-tags.ts";
import { type Params, type Reader, rowsOf, type Value } from "./values.ts";

/** Mistakes of a recording client: each leaves an old value behind. */
export type RecordingMistake =
  /** The stamp is created while the read is under way. */
  | "beside"
  /** The stamps are created when the load has ended. */
  | "late"
  /** Joins a read that another load has begun. */
  | "join"
  /** A missing row has no tag. */
  | "absent";

/** Reads a value's rows one by one, each when the stamp of its tag has been created. */
export async function loadRecorded(
  reader: Reader,
  resource: string,
  { key }: Params,
  { signal, reads }: { signal: AbortSignal; reads: LoadReads },
): Promise<Loaded<Value>> {
  const { mistake } = reader.world;
  const record = begin(reader, resource, key, { signal });
  const before = (row: string) => reads.before([[{ tag: tags.row(row), words: `row ${row}` }]]);
  try {
    for (const row of rowsOf(key)) {
      const noted = mistake === "late" || mistake === "absent" ? Promise.resolve() : before(row);
      if (mistake !== "beside") await noted;
      const { version, exists } = await readRow(reader, row);
      record.rows[row] = version;
      await noted;
      if (mistake === "absent" && exists) await before(row);
    }
    if (mistake === "late") for (const row of rowsOf(key)) await before(row);
    await trouble(reader);
  } catch (error) {
    end(reader, record, "failed");
    throw error;
  }
  return answer(reader, record);
}

/** The request and the answer are separate steps. */
async function readRow({ world, instance }: Reader, row: string): Promise<RowVersion> {
  const { database, scheduler, underWay, mistake } = world;
  const other = mistake === "join" ? underWay.get(row) : undefined;
  if (other) return other;
  const reading = (async () => {
    await scheduler.turn(instance.name, { bound: false });
    const found = database.read(row, 0, () => 0);
    await scheduler.turn(instance.name, { bound: false });
    underWay.delete(row);
    return found;
  })();
  underWay.set(row, reading);
  return reading;
}

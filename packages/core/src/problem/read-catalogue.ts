import type { Catalogue } from "./catalogue.ts";
import type { CataloguePart, Extent } from "./problem-params.ts";
import type { Segment } from "./segment.ts";

/**
 * Segments that are loaded and stored at a time: 2. All of them share the processor, so a request that runs out of time
 * would lose more of a larger group.
 */
const SEGMENTS_AT_ONCE = 2;

/**
 * Time that a request reserves for ending a load: 2 s. A stopped process would leave its leases behind, for which others
 * wait.
 */
const RESERVE_MS = 2_000;

/**
 * Options of the cache for reads of parts. The first process that finds an empty Redis may not have enough time for a
 * large catalogue: it stores what it has loaded, stops in time, and the next one continues.
 */
export function partOptions(remainingMs: () => number = () => Infinity) {
  return { atOnce: SEGMENTS_AT_ONCE, remainingMs: () => Math.max(0, remainingMs() - RESERVE_MS) };
}

/** A part, and the id of its entry if it was found valid together with all others that were read. */
export interface PartRead {
  readonly value: Extent | Segment;
  readonly id?: string | undefined;
}

/** Reads parts of the catalogue. */
export interface PartReads {
  /** Reads parts; an unreadable part is an Error in its place. */
  readonly read: (parts: readonly CataloguePart[]) => Promise<readonly (PartRead | Error)[]>;
  /**
   * The id of the extent's entry; undefined if there is no valid one. Only where a change of any segment invalidates the
   * extent.
   */
  readonly extentId?: (() => Promise<string | undefined>) | undefined;
}

/** Reads that return values without the ids of entries, so that each reading of the catalogue reads all parts. */
export const plainParts = (
  read: (parts: readonly CataloguePart[]) => Promise<readonly (Extent | Segment | Error)[]>,
): PartReads => ({
  read: async (parts) =>
    (await read(parts)).map((value) => (value instanceof Error ? value : { value })),
});

/**
 * Time for which a process uses its segments without looking at them again, while the extent is the same: 5 s. Only a
 * look at a segment notices the end of its lifetime, or that the stream stands still.
 */
const UNSEEN_MS = 5_000;

/** The whole catalogue, when one look found all of its entries valid. */
interface Seen {
  readonly extentId: string;
  readonly atMs: number;
  readonly catalogue: Catalogue;
}

/** Number of segments that a process reads before all others: their size shows how many fit into one answer of the store. */
const FIRST_PARTS = 25;

/**
 * Reads the current catalogue. It remembers the number of segments, so that most reads request the extent and all segments
 * at once. Each read begins at a random part: processes that find an empty Redis share the work.
 *
 * A change of any segment also invalidates the extent, in the same command. So if one look found all parts valid, they
 * stay valid for as long as the extent has the same entry: most reads look at that alone.
 */
export function createCatalogueReader(
  random: () => number = Math.random,
  now: () => number = Date.now,
): (parts: PartReads) => Promise<Catalogue> {
  let known = 0;
  let seen: Seen | undefined;

  /** All of the parts; rejects if one cannot be read. */
  async function whole(
    { read }: PartReads,
    parts: readonly CataloguePart[],
  ): Promise<readonly PartRead[]> {
    const begin = Math.floor(random() * parts.length);
    const values = await read([...parts.slice(begin), ...parts.slice(0, begin)]);
    return parts.map((_, index) => {
      const part = values.at(index - begin) as PartRead | Error;
      if (part instanceof Error) throw part;
      return part;
    });
  }

  async function isUnchanged({ extentId, atMs }: Seen, reads: PartReads): Promise<boolean> {
    const sinceMs = now() - atMs;
    return sinceMs >= 0 && sinceMs < UNSEEN_MS && (await reads.extentId?.()) === extentId;
  }

  return async (reads) => {
    if (seen && reads.extentId) {
      const last = seen;
      if (await isUnchanged(last, reads)) return last.catalogue;
      seen = undefined;
    }
    const atMs = now();
    const asked = known;
    const [extent, ...segments] = await whole(reads, ["extent", ...numbers(0, asked)]);
    const { partitions } = (extent as PartRead).value as Extent;
    known = partitions;
    if (asked === 0 && partitions > FIRST_PARTS) {
      const begin = Math.floor(random() * partitions);
      await reads.read(numbers(begin, begin + FIRST_PARTS).map((part) => part % partitions));
    }
    const more = partitions > asked ? await whole(reads, numbers(asked, partitions)) : [];
    const parts = [...segments, ...more].slice(0, partitions);
    const catalogue = parts.map(({ value }) => value as Segment).toReversed();
    const extentId = [extent, ...parts].every((part) => part?.id !== undefined) && extent?.id;
    // The extent was looked at before the segments or with them: after a change in between, no look finds its entry again.
    if (reads.extentId && extentId) seen = { extentId, atMs, catalogue };
    return catalogue;
  };
}

const numbers = (first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, index) => first + index);

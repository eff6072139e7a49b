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
 * Options of the cache for reads of parts. The first process after an empty Redis may not have enough time for a large
 * catalogue: it stores what it has loaded, stops in time, and the next one continues.
 */
export function partOptions(remainingMs: () => number = () => Infinity) {
  return { atOnce: SEGMENTS_AT_ONCE, remainingMs: () => Math.max(0, remainingMs() - RESERVE_MS) };
}

/** Reads parts of the catalogue; an unreadable part is an Error in its place. */
export type ReadParts = (
  parts: readonly CataloguePart[],
) => Promise<readonly (Extent | Segment | Error)[]>;

/** Number of segments that a process reads before all others: their size shows how many fit into one answer. */
const FIRST_PARTS = 25;

/**
 * Reads the current catalogue. It remembers the number of segments, so that most reads request the extent and all segments
 * at once. Each read begins at a random part: processes that find an empty Redis share the work.
 */
export function createCatalogueReader(
  random: () => number = Math.random,
): (read: ReadParts) => Promise<Catalogue> {
  let known = 0;

  /** All of the parts; rejects if one cannot be read. */
  async function whole(
    read: ReadParts,
    parts: readonly CataloguePart[],
  ): Promise<(Extent | Segment)[]> {
    const begin = Math.floor(random() * parts.length);
    const values = await read([...parts.slice(begin), ...parts.slice(0, begin)]);
    return parts.map((_, index) => {
      const part = values.at(index - begin) as Extent | Segment | Error;
      if (part instanceof Error) throw part;
      return part;
    });
  }

  return async (read) => {
    const asked = known;
    const [extent, ...segments] = await whole(read, ["extent", ...numbers(0, asked)]);
    const { partitions } = extent as Extent;
    known = partitions;
    if (asked === 0 && partitions > FIRST_PARTS) {
      const begin = Math.floor(random() * partitions);
      await read(numbers(begin, begin + FIRST_PARTS).map((part) => part % partitions));
    }
    const more = partitions > asked ? await whole(read, numbers(asked, partitions)) : [];
    return ([...segments, ...more] as Segment[]).slice(0, partitions).toReversed();
  };
}

const numbers = (first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, index) => first + index);

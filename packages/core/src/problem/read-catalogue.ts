import type { Catalogue } from "./catalogue.ts";
import type { CataloguePart, Extent } from "./problem-params.ts";
import type { Segment } from "./segment.ts";

/**
 * Segments that are loaded and stored at a time: 2. Their processor time is that of all together, so that more would be lost
 * with a request that has no time for them.
 */
const SEGMENTS_AT_ONCE = 2;

/** Time that a request keeps for giving up a load: 2 s. A process that is stopped would leave its leases behind, for which others wait. */
const RESERVE_MS = 2_000;

/**
 * Options of the cache for reads of parts. The first process over an empty Redis may not have the time for a large catalogue:
 * it stores what it has loaded, gives up in time, and the next one goes on.
 */
export function partOptions(remainingMs: () => number = () => Infinity) {
  return { atOnce: SEGMENTS_AT_ONCE, remainingMs: () => Math.max(0, remainingMs() - RESERVE_MS) };
}

/** Reads parts of the catalogue; what cannot be read is an Error in its place. */
export type ReadParts = (
  parts: readonly CataloguePart[],
) => Promise<readonly (Extent | Segment | Error)[]>;

/** Parts that a process which holds none asks for first. It then knows how large they are, and how many make one answer. */
const FIRST_PARTS = 25;

/**
 * Reads the catalogue as it is now. What it remembers is how many parts there were, so that most reads ask for the extent and
 * all segments at once. Each read begins at a random part: processes that meet an empty Redis share the work.
 */
export function createCatalogueReader(
  random: () => number = Math.random,
): (read: ReadParts) => Promise<Catalogue> {
  let known = 0;

  /** All of the parts; rejects where one cannot be read. */
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

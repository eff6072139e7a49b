import type { Cache, CacheEntry } from "@algoitny/cache";
import type { Source } from "../source.ts";
import { isRecorded } from "../view.ts";
import { problemSegment } from "./problem.resources.ts";
import type { PartReads } from "./read-catalogue.ts";

/** Options of the reads: as `getMany` takes them. */
interface Options {
  readonly source: Source;
  readonly atOnce?: number;
  readonly remainingMs?: () => number;
}

const HAS_RULES = !isRecorded(problemSegment.name, process.env);

/**
 * Reads parts of the catalogue through a cache. Without rules (recorded segments), a changed segment does not
 * invalidate the extent, so the extent's id proves nothing.
 */
export function cachedParts(
  cache: Pick<Cache, "getMany" | "peek">,
  options: Options,
  hasRules = HAS_RULES,
): PartReads {
  return {
    async read(parts) {
      const entries = await cache.getMany(problemSegment, parts, { ...options, entries: true });
      return Promise.all(
        entries.map(async (each) =>
          each instanceof Error ? each : { value: await each.value(), id: idOf(each) },
        ),
      );
    },
    extentId: hasRules ? async () => idOf(await cache.peek(problemSegment, "extent")) : undefined,
  };
}

/** The id of an entry that a look found valid: not of one that was stored, or taken from another read, after the look. */
function idOf(found: CacheEntry<unknown> | undefined): string | undefined {
  const isSeen = found?.status === "hit" && found.detail === undefined && !found.collapsed;
  return isSeen ? found.entry.id : undefined;
}

import type { Cache, CacheInLoad } from "@algoitny/cache";
import { cachedParts } from "@algoitny/core/problem/cached-parts";
import { problemSegment } from "@algoitny/core/problem/problem.resources";
import {
  createCatalogueReader,
  partOptions,
  plainParts,
} from "@algoitny/core/problem/read-catalogue";
import type { Source } from "@algoitny/core/source";

/** One reader for all requests of a container, because it remembers the segments that it has read. */
const readCatalogue = createCatalogueReader();

/** Reads the catalogue through the cache. */
export const readCached = (
  cache: Cache,
  source: Source,
  remainingMs: (() => number) | undefined,
): ReturnType<Source["catalogue"]> =>
  readCatalogue(cachedParts(cache, { source, ...partOptions(remainingMs) }));

/** Reads the catalogue for a recorded load, whose entry depends on what it has read. */
export const readInLoad = (cache: CacheInLoad, source: Source): ReturnType<Source["catalogue"]> =>
  readCatalogue(plainParts((parts) => cache.getMany(problemSegment, parts, { source })));

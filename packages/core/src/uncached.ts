import { Loaded, type LoadReads } from "@algoitny/cache";
import type { CataloguePart } from "./problem/problem-params.ts";
import { problemSegment } from "./problem/problem.resources.ts";
import { createCatalogueReader, plainParts } from "./problem/read-catalogue.ts";
import type { Source } from "./source.ts";

/** A source without a cache: every read loads the catalogue's parts; recorded loads read `recordedTables`. */
export function uncached(
  tables: Source["tables"],
  recordedTables?: (reads: LoadReads) => Source["tables"],
): Source {
  const readCatalogue = createCatalogueReader();
  const signal = new AbortController().signal;
  const load = async (part: CataloguePart) => {
    const loaded = await problemSegment.load(part, source, { signal });
    return loaded instanceof Loaded ? loaded.value : loaded;
  };
  const source: Source = {
    tables,
    catalogue: () => readCatalogue(plainParts((parts) => Promise.all(parts.map(load)))),
    recorded: recordedTables && ((reads) => uncached(recordedTables(reads))),
  };
  return source;
}

import type { Cache, Resource } from "@algoitny/cache";
import { recorder } from "@algoitny/cache/dynamodb";
import { problemSegment } from "@algoitny/core/problem/problem.resources";
import { RECORDED_SCOPES } from "@algoitny/core/recorded-scopes";
import { createCatalogueReader, plainParts } from "@algoitny/core/problem/read-catalogue";
import type { Source } from "@algoitny/core/source";
import type { Database } from "@algoitny/core/table/database";
import { createTables, type Tables } from "@algoitny/core/tables";
import { recorded } from "@algoitny/core/view";

/** A view in its recorded form, even if it is not recorded by default. */
export function recordedView<Params, Value>(
  view: Resource<Params, Value, Source>,
): Resource<Params, Value, Source> {
  const own = {
    ...view,
    ...recorded(view as never),
    tagsFor: () => ["reads"],
    loadMany: undefined,
  };
  return Object.freeze(own) as unknown as Resource<Params, Value, Source>;
}

interface Parts {
  /** The catalogue's parts, recorded or not. */
  segments?: typeof problemSegment | undefined;
  replaced?: (tables: Tables) => Promise<Tables>;
}

/**
 * A source like the functions': the catalogue through the cache, and loads of recorded views through a recording
 * client, over the tables that `replaced` returns.
 */
export function recordedSource(
  cache: Cache,
  db: Database,
  { segments = problemSegment, replaced = async (tables) => tables }: Parts = {},
): Source {
  const keys = { [db.tableName]: ["pk", "sk"] };
  const dynamodb = recorder({ send: db.send }, { keys, scopes: RECORDED_SCOPES });
  const readCatalogue = createCatalogueReader();
  const source: Source = {
    tables: () => replaced(createTables(db)),
    catalogue: () =>
      readCatalogue(plainParts((parts) => cache.getMany(segments, parts, { source }))),
    recorded: (reads) => {
      const client = dynamodb.for(reads);
      const send = client.send.bind(client);
      return {
        tables: () => replaced(createTables({ ...db, send })),
        catalogue: () =>
          readCatalogue(plainParts((parts) => reads.cache.getMany(segments, parts, { source }))),
      };
    },
  };
  return source;
}

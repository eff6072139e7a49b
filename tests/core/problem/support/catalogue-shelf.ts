import { Cache, type Duration } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { cachedParts } from "@algoitny/core/problem/cached-parts";
import { choose, itemsOf } from "@algoitny/core/problem/catalogue";
import { Problem } from "@algoitny/core/problem/problem";
import { problemList, problemSegment } from "@algoitny/core/problem/problem.resources";
import { createCatalogueReader, partOptions } from "@algoitny/core/problem/read-catalogue";
import type { Source } from "@algoitny/core/source";
import { partitionOf } from "@algoitny/core/table/keys";
import type { Tables } from "@algoitny/core/tables";

const head = (id: number, title = `title ${id}`) =>
  Problem.parse({ id, platform: "codeforces", problem_id: `${id}`, title, is_completed: true });

/** Problems in memory instead of the table: one in each thousand ids. */
export function shelf(partitions: number) {
  const heads = new Map<number, Problem>();
  const add = (id: number) => heads.set(id, head(id));
  for (let partition = 0; partition < partitions; partition += 1) add(partition * 1_000 + 1);
  const reads: string[] = [];
  const problems = {
    lastId: async () => {
      reads.push("extent");
      return Math.max(...heads.keys());
    },
    listPartition: async (partition: number) => {
      reads.push(String(partition));
      return [...heads.values()].filter(({ id }) => partitionOf(id) === partition);
    },
  };
  const rename = (id: number, title: string) => {
    const [before, after] = [heads.get(id) ?? null, head(id, title)];
    heads.set(id, after);
    return tagsFor([{ entity: "problem", before, after }]);
  };
  return { reads, rename, tables: async () => ({ problems }) as unknown as Tables };
}

/** A process over a store that others may share; it reads the catalogue through its cache. */
export function process(
  tables: Source["tables"],
  store: Store,
  {
    remainingMs,
    random,
    now,
    storeTimeout,
  }: {
    remainingMs?: () => number;
    random?: () => number;
    now?: () => number;
    storeTimeout?: Duration;
  } = {},
) {
  const cache = new Cache({
    store,
    resources: [problemSegment, problemList],
    ...(storeTimeout && { storeTimeout }),
  });
  const readCatalogue = createCatalogueReader(random, now);
  const source: Source = {
    tables,
    catalogue: () => readCatalogue(cachedParts(cache, { source, ...partOptions(remainingMs) })),
  };
  const titles = async () => itemsOf(choose(await source.catalogue())).map(({ title }) => title);
  return { cache, source, titles };
}

/** A store whose operations each wait for `before`. */
export function stepped(
  store: Store,
  before: (operation: string, names: unknown) => unknown,
): Store {
  return new Proxy(store, {
    get: (target, name: keyof Store) => {
      const operation: ((...args: never[]) => unknown) | undefined = target[name];
      if (operation === undefined) return undefined;
      return async (...args: never[]) => {
        await before(name, args[0]);
        return operation.apply(target, args);
      };
    },
  });
}

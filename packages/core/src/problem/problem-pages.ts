import type { Source } from "../source.ts";
import type { ProblemPage } from "./catalogue.ts";
import { DEFAULT_PAGE_SIZE, type ProblemListQuery } from "./problem-query.ts";

/** Number of pages that a process remembers; the least recently computed are forgotten first. */
const REMEMBERED = 1_000;

/** Pages of lists and searches, and a process's memory of them. */
export interface ProblemPages {
  compute: (query: ProblemListQuery, source: Source) => Promise<ProblemPage>;
  /** Computes many pages. One reading of the catalogue serves all that do not come from the search engine. */
  computeMany: (queries: readonly ProblemListQuery[], source: Source) => Promise<ProblemPage[]>;
  /**
   * True for pages that are worth an entry: those that are one of few and were computed less than a list's lifetime
   * ago, and existing pages of the usual size without a search. Clients can make up any number of searches, platforms
   * and pages: the first request for any other page leaves nothing behind, except at most a place in this memory.
   */
  areWanted: (query: ProblemListQuery) => boolean;
}

export function rememberPages({
  lifeMs,
  now = Date.now,
  most = REMEMBERED,
}: {
  lifeMs: number;
  now?: () => number;
  most?: number;
}): ProblemPages {
  const lastMs = new Map<string, number>();
  let totalOf: ((platform: string | undefined) => number) | undefined;

  function note(query: ProblemListQuery): void {
    const name = nameOf(query);
    lastMs.delete(name);
    lastMs.set(name, now());
    const [oldest = name] = lastMs.keys();
    if (lastMs.size > most) lastMs.delete(oldest);
  }

  /** True if the last reading of the catalogue had the page. Before the first reading every page counts as existing. */
  function exists({ platform, page, page_size: size }: ProblemListQuery): boolean {
    if (totalOf === undefined || (platform === undefined && page === 1)) return true;
    return (page - 1) * size < totalOf(platform);
  }

  /** Reads the catalogue, and returns a function that makes pages from it. */
  async function read(source: Source): Promise<(query: ProblemListQuery) => ProblemPage> {
    const { choose, pageOf } = await import("./catalogue.ts");
    const catalogue = await source.catalogue();
    totalOf = (platform) => choose(catalogue, { platform }).total;
    return (query) => {
      const page = pageOf(catalogue, query);
      if (page.isOneOfFew) note(query);
      return page;
    };
  }

  async function computeMany(
    queries: readonly ProblemListQuery[],
    source: Source,
  ): Promise<ProblemPage[]> {
    let reading: ReturnType<typeof read> | undefined;
    return Promise.all(
      queries.map(async (query) => {
        const { search: engine } = source;
        if (engine === undefined || query.search === undefined)
          return (await (reading ??= read(source)))(query);
        const { searchPage } = await import("./problem-search.ts");
        return searchPage(engine, query, source);
      }),
    );
  }

  return {
    compute: async (query, source) => (await computeMany([query], source))[0] as ProblemPage,
    computeMany,
    areWanted(query) {
      const last = lastMs.get(nameOf(query));
      if (last !== undefined && now() - last < lifeMs) return true;
      return query.search === undefined && query.page_size === DEFAULT_PAGE_SIZE && exists(query);
    },
  };
}

const nameOf = ({ platform, search, page, page_size }: ProblemListQuery): string =>
  JSON.stringify([platform ?? null, search ?? null, page, page_size]);

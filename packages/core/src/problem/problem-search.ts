import type { Source } from "../source.ts";
import { jsonOf, type ProblemPage } from "./catalogue.ts";
import { isListed, matches } from "./problem.ts";
import type { ProblemListQuery } from "./problem-query.ts";
import { toListItem } from "./problem-view.ts";

/** A search, with the part of its results that is asked for. `search` is case-folded. */
export interface ProblemSearchQuery {
  readonly search: string;
  readonly platform: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/**
 * An engine that knows which listed problems have a text in title or problem id: for catalogues too large for the memory of a
 * process. It may be late: what it misses is not shown, what it should not have is left out.
 */
export interface ProblemSearch {
  /** Ids, newest first, and the number of all that match. */
  find(query: ProblemSearchQuery): Promise<{ ids: readonly number[]; total: number }>;
}

/** Makes a page of a search by an engine: its problems are read from the table, and checked as they are now. */
export async function searchPage(
  engine: ProblemSearch,
  { search = "", platform, page, page_size: limit }: ProblemListQuery,
  source: Pick<Source, "tables">,
): Promise<ProblemPage> {
  const { ids, total } = await engine.find({ search, platform, offset: (page - 1) * limit, limit });
  const { problems } = await source.tables();
  const found = (await problems.getHeads(ids)).filter(
    (problem) =>
      isListed(problem) &&
      matches(problem, search) &&
      (platform === undefined || problem.platform === platform),
  );
  const rows = jsonOf(found.map((problem) => JSON.stringify(toListItem(problem))));
  // Never stored: loaded from a late index after its invalidation, it would stay old for its whole life.
  return { rows, total: total - (ids.length - found.length), isOneOfFew: false };
}

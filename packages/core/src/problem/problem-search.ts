import type { Source } from "../source.ts";
import { jsonOf, type ProblemPage } from "./catalogue.ts";
import { isListed, matches } from "./problem.ts";
import type { ProblemListQuery } from "./problem-query.ts";
import { toListItem } from "./problem-view.ts";

/** A search, with the requested part of its results. `search` is case-folded. */
export interface ProblemSearchQuery {
  readonly search: string;
  readonly platform: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/**
 * An engine that finds listed problems by a text in title or problem id: for catalogues too large for the memory of a
 * process. Its index may lag: a problem that is not yet in the index is not found, and one that no longer matches is
 * dropped.
 */
export interface ProblemSearch {
  /** Ids, newest first, and the number of all matches. */
  find(query: ProblemSearchQuery): Promise<{ ids: readonly number[]; total: number }>;
}

/** Makes a page of an engine's search: reads its problems from the table, and checks their current state. */
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
  // Not one of few, so that it is never stored: a page loaded from a lagging index after its invalidation would stay
  // old for its whole lifetime.
  return { rows, total: total - (ids.length - found.length), isOneOfFew: false };
}

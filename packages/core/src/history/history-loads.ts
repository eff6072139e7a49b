import { Loaded } from "@algoitny/cache";
import { isListed } from "../problem/problem.ts";
import type { Source } from "../source.ts";
import { modifiedMsOf, withValidators } from "../validators.ts";
import type { HistoryDetailParams, SearchHistoryParams } from "./history-params.ts";
import { maySee } from "./history.ts";
import { tagOfHistory, toHistoryDetail, toHistoryPage } from "./history-view.ts";

/** Loads of the executions' views: a separate module, because hits do not need it. */

export async function loadPage(params: SearchHistoryParams, source: Source) {
  const { history } = await source.tables();
  const page = toHistoryPage(await history.page(params));
  // Clients can request any number of pages past the end: these are answered, but not stored.
  return new Loaded(page, { store: params.offset === 0 || page.results.length > 0 });
}

export async function loadDetail({ id, viewer }: HistoryDetailParams, source: Source) {
  const { history, problems, testCases } = await source.tables();
  const found = await history.get(id);
  if (!found || !maySee(found.row, viewer)) return undefined;
  if (found.damage) throw found.damage;
  const [problem, cases] = await Promise.all([
    problems.get(found.row.problem),
    testCases.list(found.row.problem),
  ]);
  const detail = toHistoryDetail(found, problem && isListed(problem) ? cases : []);
  const validators = { tag: tagOfHistory(detail), modifiedMs: modifiedMsOf(found.row) };
  return withValidators(detail, validators);
}

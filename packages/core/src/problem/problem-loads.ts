import { Loaded } from "@algoitny/cache";
import type { Source } from "../source.ts";
import { partitionOf } from "../table/keys.ts";
import { modifiedMsOf, withValidators } from "../validators.ts";
import { choose, type Choice, itemsOf } from "./catalogue.ts";
import type { ProblemListItem } from "./problem.answers.ts";
import type { AdminPage, CataloguePart, Extent, ProblemDetailParams } from "./problem-params.ts";
import { isVisible, type Problem, type ProblemBody } from "./problem.ts";
import { tagOfDetail, toAdminListItem, toDetail } from "./problem-view.ts";
import { makeSegment, type Segment } from "./segment.ts";

/** Loads of the problems' views: a separate module, because hits do not need it. */

export async function loadSegment(part: CataloguePart, source: Source): Promise<Extent | Segment> {
  const { problems } = await source.tables();
  if (part !== "extent") return makeSegment(await problems.listPartition(part));
  return { partitions: partitionOf(await problems.lastId()) + 1 };
}

export async function loadDetail(params: ProblemDetailParams, source: Source) {
  const { problems, testCases } = await source.tables();
  const id = "id" in params ? params.id : await problems.findId(params.platform, params.problem_id);
  if (id === undefined) return undefined;
  const [found, cases] = await Promise.all([problems.getWithBody(id), testCases.list(id)]);
  if (!found || !isVisible(found.problem, params.admin)) return undefined;
  if (found.damage) throw found.damage;
  // Not found if a manual write changed this pair on the head alone: no tag of these parameters covers such a result.
  if ("platform" in params && !hasPair(found.problem, params)) return undefined;
  const detail = toDetail({ ...found, testCases: cases }, params.admin);
  // Only admins get the date of the last edit: it would reveal changes of fields that others do not see.
  const modifiedMs = params.admin ? modifiedMsOf(found.problem) : undefined;
  return withValidators(detail, { tag: tagOfDetail(detail), modifiedMs });
}

function hasPair(problem: Problem, pair: Pick<Problem, "platform" | "problem_id">): boolean {
  return problem.platform === pair.platform && problem.problem_id === pair.problem_id;
}

export async function loadDrafts(asked: AdminPage, source: Source) {
  const { total, items } = await chosenBy(asked, source, { drafts: true });
  const { problems } = await source.tables();
  const bodies = await problems.getBodies(items.map(({ id }) => id));
  return paged(asked, total, { drafts: withBodies(items, bodies) });
}

export async function loadRegistered(asked: AdminPage, source: Source) {
  const { total, items } = await chosenBy(asked, source);
  const { problems } = await source.tables();
  const bodies =
    asked === undefined
      ? await problems.listBodies()
      : await problems.getBodies(items.map(({ id }) => id));
  return paged(asked, total, { problems: withBodies(items, bodies) });
}

/** The problems of a page, or of the whole list, and their total number. */
async function chosenBy(asked: AdminPage, source: Source, choice?: Choice) {
  const chosen = choose(await source.catalogue(), choice);
  const { page, page_size: size } = asked ?? { page: 1, page_size: chosen.total };
  return { total: chosen.total, items: itemsOf(chosen, (page - 1) * size, page * size) };
}

const withBodies = (items: readonly ProblemListItem[], bodies: ReadonlyMap<number, ProblemBody>) =>
  items.map((item) => toAdminListItem(item, bodies.get(item.id)));

/** An answer with the total number in the header `x-total-count`, if it is a page. Pages past the end are not stored. */
function paged<Value extends object>(asked: AdminPage, total: number, value: Value) {
  if (asked === undefined) return value;
  const { page, page_size: size } = asked;
  const store = (page - 1) * size < total || page === 1;
  return new Loaded(value, { store, headers: { "x-total-count": String(total) } });
}

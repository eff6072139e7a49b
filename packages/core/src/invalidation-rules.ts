import { isDeepStrictEqual } from "node:util";
import type { Tag } from "@algoitny/cache";
import { ROW_FIELDS } from "./history/history.ts";
import {
  ADMIN_DETAIL_FIELDS,
  BODY_FIELDS,
  isDraft,
  isListed,
  LIST_FIELDS,
  type Problem,
} from "./problem/problem.ts";
import type { Change, Entities, EntityName } from "./table/entities.ts";
import { partitionOf } from "./table/keys.ts";
import {
  everyProblemList,
  inputsFirst,
  type NamedTag,
  segmentTags,
  type TagName,
  tags,
} from "./tags.ts";

/** Fields of an entity that one group of cached views shows; a change of other fields invalidates none of the rule's tags. */
interface Rule<Row extends object> {
  /** The fields shown, or all of them; an empty list: only the row's existence is shown. */
  shows: readonly (keyof Row)[] | "everything";
  /** Rows that are shown at all; a row that appears or disappears is a change. Default: every row. */
  where?: (row: Row) => boolean;
  /** `new`: a new item is no change; an item that `where` excluded before is one. */
  spares?: "new";
  /** The views' tags for a row; those of the old and the new row are invalidated. */
  tags: (row: Row) => readonly NamedTag<TagName>[];
}

export type Rules = { readonly [E in EntityName]: readonly Rule<Entities[E]>[] };

/**
 * Entity → tags that its changes invalidate. A forgotten entity does not compile; an empty list means that no view shows
 * it.
 */
const written = {
  problem: [
    {
      shows: LIST_FIELDS,
      where: ({ is_deleted }) => !is_deleted,
      tags: ({ id }) => segmentTags(partitionOf(id)),
    },
    {
      shows: LIST_FIELDS,
      where: isListed,
      tags: ({ platform }) => [tags.problem_list(platform), tags.problem_list_all()],
    },
    { shows: LIST_FIELDS, where: isDraft, tags: () => [tags.problem_drafts()] },
    { shows: LIST_FIELDS, where: isListed, tags: () => [tags.problem_registered()] },
    { shows: [...ADMIN_DETAIL_FIELDS, "counted_runs"], tags: detailTags },
    // A problem becomes visible or hidden for all but admins; so do its test cases, also those that executions show.
    {
      shows: [],
      where: isListed,
      tags: (row) => [...detailTags(row), tags.test_cases(row.id), tags.problem_visibility()],
    },
    { shows: [], tags: ({ id }) => [tags.test_cases(id)] },
  ],
  problem_body: [
    {
      shows: BODY_FIELDS,
      tags: ({ id }) => [
        tags.problem(id),
        tags.problem_bodies(),
        tags.problem_drafts(),
        tags.problem_registered(),
      ],
    },
  ],
  problem_runs: [
    { shows: "everything", tags: ({ problem, ...pair }) => detailTags({ id: problem, ...pair }) },
  ],
  problem_key: [
    {
      shows: "everything",
      tags: ({ platform, problem_id }) => [tags.problem_key(platform, problem_id)],
    },
  ],
  test_cases: [
    {
      shows: "everything",
      tags: ({ problem }) => [
        tags.test_cases(problem),
        tags.problem(problem),
        tags.test_cases_all(),
      ],
    },
  ],
  test_case: [
    {
      shows: ["id", "input", "output"],
      tags: ({ problem }) => [
        tags.test_cases(problem),
        tags.problem(problem),
        tags.test_cases_all(),
      ],
    },
  ],
  history: [
    {
      shows: ROW_FIELDS,
      where: ({ is_code_public }) => is_code_public,
      tags: () => [tags.history_public()],
    },
    { shows: [...ROW_FIELDS, "sub"], tags: ({ sub }) => [tags.history_user(sub)] },
    { shows: "everything", tags: ({ id }) => [tags.history(id)] },
    {
      shows: ROW_FIELDS,
      where: ({ is_code_public }) => is_code_public,
      spares: "new",
      tags: () => [tags.history_changed()],
    },
  ],
  history_detail: [{ shows: "everything", tags: ({ id }) => [tags.history(id)] }],
  feed_entry: [
    { shows: "everything", tags: feedTags },
    {
      shows: "everything",
      where: ({ sub }) => sub === null,
      spares: "new",
      tags: () => [tags.history_changed()],
    },
  ],
  feed_counts: [{ shows: "everything", tags: feedTags }],
  user_stats: [{ shows: "everything", tags: ({ sub }) => [tags.user_stats(sub)] }],
  user: [],
  user_problem: [],
  user_active: [],
  problem_counter: [
    {
      shows: "everything",
      tags: () => [
        tags.problem_extent(),
        ...everyProblemList(),
        tags.problem_drafts(),
        tags.problem_registered(),
      ],
    },
  ],
  counter: [],
  format: [],
  invalidation_job: [],
  probe: [],
  beat: [],
  experiment: [],
} satisfies Rules;

type InvalidatedBy<Each extends Rules> =
  ReturnType<Each[EntityName][number]["tags"]>[number] extends NamedTag<infer Name> ? Name : never;

/** Does not compile while a tag has no rule: a view that carries the tag would stay stale. */
const complete = <Each extends Rules>(
  each: Each &
    ([TagName] extends [InvalidatedBy<Each>]
      ? unknown
      : Record<Exclude<TagName, InvalidatedBy<Each>>, "has no rule">),
): Rules => each;

/** Entity → rules for its changes. */
export const rules: Rules = complete(written);

function detailTags({ id, platform, problem_id }: Pick<Problem, "id" | "platform" | "problem_id">) {
  return [tags.problem(id), tags.problem_key(platform, problem_id)];
}

/** A feed without an owner is the public one. */
function feedTags({ sub }: { sub: string | null }) {
  return [sub === null ? tags.history_public() : tags.history_user(sub)];
}

/** Entities whose changes invalidate tags: a stream subscription must let them through. */
export const shownEntities = (Object.keys(rules) as EntityName[]).filter(
  (entity) => rules[entity].length > 0,
);

/** The tags that changes invalidate, each once, tags of inputs first. Tests pass only some of the rules. */
export function tagsFor(changes: readonly Change[], applied: Rules = rules): Tag[] {
  return inputsFirst(new Set(changes.flatMap((change) => changeTags(change, applied))));
}

function changeTags<E extends EntityName>(change: Change & { entity: E }, all: Rules): Tag[] {
  const { before, after } = change as { before: Entities[E] | null; after: Entities[E] | null };
  const applied: readonly Rule<Entities[E]>[] = all[change.entity];
  return applied.flatMap((rule) => invalidatedTags(rule, before, after));
}

function invalidatedTags<Row extends object>(
  { shows, where = () => true, spares, tags: tagsOf }: Rule<Row>,
  before: Row | null,
  after: Row | null,
) {
  if (spares === "new" && before === null) return [];
  const old = before !== null && where(before) ? before : null;
  const now = after !== null && where(after) ? after : null;
  return looksTheSame(shows, old, now)
    ? []
    : [old, now].flatMap((row) => (row === null ? [] : tagsOf(row)));
}

function looksTheSame<Row extends object>(
  shows: Rule<Row>["shows"],
  old: Row | null,
  now: Row | null,
): boolean {
  if (old === null || now === null || shows === "everything") return isDeepStrictEqual(old, now);
  return shows.every((field) => isDeepStrictEqual(old[field], now[field]));
}

import * as z from "zod";
import { foldCase } from "../parameter.ts";
import { partitionOf } from "../table/keys.ts";
import {
  StoredCount,
  StoredFlag,
  StoredText,
  StoredTexts,
  StoredVersion,
} from "../table/stored.ts";

/** A problem's head: all that lists show, and the counters. */
export const Problem = z.object({
  id: z.int().positive(),
  platform: StoredText,
  problem_id: StoredText,
  title: StoredText.default(""),
  problem_url: StoredText.default(""),
  tags: StoredTexts,
  language: StoredText.default(""),
  is_completed: StoredFlag,
  is_deleted: StoredFlag,
  created_at: StoredText.default(""),
  test_case_count: StoredCount,
  execution_count: StoredCount,
  /** Raised by each change through the API, so that two changes at once never lose one. Nonsense is no version. */
  version: StoredVersion,
  /** Raised by each change of the problem, its body or its test cases through the API: preconditions are tied to it. */
  edition: StoredVersion,
  /** Time of the last change of any of these by the API. */
  modified_at: StoredText.optional().catch(undefined),
});
export type Problem = z.infer<typeof Problem>;

/** A problem's long texts, kept apart so that lists need not read them. */
export const ProblemBody = z.object({
  id: z.int().positive(),
  constraints: StoredText.default(""),
  solution_code: z.null().or(StoredText).default(null),
});
export type ProblemBody = z.infer<typeof ProblemBody>;

/** Index item: id of the problem with a platform and problem id. */
export const ProblemKeyItem = z.object({
  platform: StoredText,
  problem_id: StoredText,
  id: z.int().positive(),
});
export type ProblemKeyItem = z.infer<typeof ProblemKeyItem>;

/** The last id taken by a problem: lists read the partitions up to its own. */
export const ProblemCounter = z
  .object({ last: z.int() })
  .transform(({ last }) => ({ lastPartition: partitionOf(last) }));
export type ProblemCounter = z.infer<typeof ProblemCounter>;

/** Fields of a problem in public lists. */
export const LIST_FIELDS = [
  "id",
  "platform",
  "problem_id",
  "title",
  "problem_url",
  "tags",
  "language",
  "is_completed",
  "created_at",
  "test_case_count",
] as const satisfies readonly (keyof Problem)[];

/** Fields of the head in the public detail. */
export const DETAIL_FIELDS = [...LIST_FIELDS, "execution_count"] as const;

/** Fields of the head in admins' detail, Last-Modified included. */
export const ADMIN_DETAIL_FIELDS = [...DETAIL_FIELDS, "is_deleted", "modified_at"] as const;

/** Fields of the body in the detail and in admins' lists. */
export const BODY_FIELDS = [
  "constraints",
  "solution_code",
] as const satisfies readonly (keyof ProblemBody)[];

/** An element of `GET /problems/`. */
export const ProblemListItem = Problem.pick({
  id: true,
  platform: true,
  problem_id: true,
  title: true,
  problem_url: true,
  tags: true,
  language: true,
  is_completed: true,
  created_at: true,
  test_case_count: true,
});
export type ProblemListItem = z.infer<typeof ProblemListItem>;

/** An element of the drafts and of the registered problems: the solution is plain text here. */
export const AdminListItem = ProblemListItem.extend({
  solution_code: z.string().nullable(),
  constraints: z.string(),
});
export type AdminListItem = z.infer<typeof AdminListItem>;

export const isListed = (problem: Problem): boolean => problem.is_completed && !problem.is_deleted;
export const isDraft = (problem: Problem): boolean => !problem.is_completed && !problem.is_deleted;

/** Drafts and deleted problems are there for admins alone. */
export const isVisible = (problem: Problem, admin: boolean): boolean => admin || isListed(problem);

/** True when the title or the problem id contains the (folded) text. */
export function matches(problem: Problem, search: string): boolean {
  return foldCase(problem.title).includes(search) || foldCase(problem.problem_id).includes(search);
}

import * as z from "zod/mini";
import { foldCase } from "../fold-case.ts";
import { partitionOf } from "../table/keys.ts";
import {
  NullableStoredText,
  OptionalStoredText,
  StoredCount,
  StoredFlag,
  StoredId,
  StoredText,
  StoredTexts,
  StoredTime,
  StoredVersion,
} from "../table/stored.ts";

/** A problem's head: all that lists show, and its counts. */
export const Problem = z.object({
  id: StoredId,
  platform: StoredText,
  problem_id: StoredText,
  title: OptionalStoredText,
  problem_url: OptionalStoredText,
  tags: StoredTexts,
  language: OptionalStoredText,
  is_completed: StoredFlag,
  is_deleted: StoredFlag,
  created_at: OptionalStoredText,
  test_case_count: StoredCount,
  /** The imported number, or one that an admin has set; executions counted since are added. */
  execution_count: StoredCount,
  /** Executions in the counters that `execution_count` already includes. */
  counted_runs: StoredCount,
  /**
   * Raised by each change of the problem or its body through the API, so that no concurrent change is lost. An invalid
   * value counts as no version.
   */
  version: StoredVersion,
  /**
   * Raised by each change of the problem, its body or its test cases through the API. A change with a precondition is written
   * only on the edition that it has read.
   */
  edition: StoredVersion,
  /** Time of the last of these changes. */
  modified_at: StoredTime,
});
export type Problem = z.infer<typeof Problem>;

/** A problem's long texts, kept apart so that lists need not read them. */
export const ProblemBody = z.object({
  id: StoredId,
  constraints: OptionalStoredText,
  solution_code: NullableStoredText,
});
export type ProblemBody = z.infer<typeof ProblemBody>;

/** One counter of a problem's executions. It contains the problem's pair, by which details are found. */
export const ProblemRuns = z.object({
  problem: StoredId,
  platform: StoredText,
  problem_id: StoredText,
  runs: StoredCount,
});
export type ProblemRuns = z.infer<typeof ProblemRuns>;

/** Index item: id of the problem with a platform and problem id. */
export const ProblemKeyItem = z.object({
  platform: StoredText,
  problem_id: StoredText,
  id: StoredId,
});
export type ProblemKeyItem = z.infer<typeof ProblemKeyItem>;

/** Partition of the last id taken by a problem: lists read the partitions up to it. */
export const ProblemCounter = z.pipe(
  z.object({ last: z.int() }),
  z.transform(({ last }: { last: number }) => ({ lastPartition: partitionOf(last) })),
);
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

export const isListed = (problem: Problem): boolean => problem.is_completed && !problem.is_deleted;
export const isDraft = (problem: Problem): boolean => !problem.is_completed && !problem.is_deleted;

/** Drafts and deleted problems exist only for admins. */
export const isVisible = (problem: Problem, admin: boolean): boolean => admin || isListed(problem);

/** True if the title or the problem id contains the (folded) text. */
export function matches(problem: Pick<Problem, "title" | "problem_id">, search: string): boolean {
  return foldCase(problem.title).includes(search) || foldCase(problem.problem_id).includes(search);
}

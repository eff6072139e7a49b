import * as z from "zod";
import { BeatState, Probe } from "../beat/beat-items.ts";
import { Experiment } from "../experiment/experiment.ts";
import { FeedCounts, FeedEntry, History, HistoryDetailItem } from "../history/history.ts";
import { InvalidationJob } from "../job/job.ts";
import {
  Problem,
  ProblemBody,
  ProblemCounter,
  ProblemKeyItem,
  ProblemRuns,
} from "../problem/problem.ts";
import { TestCase, TestCaseManifest } from "../test-case/test-case.ts";
import { User, UserStatsItem } from "../user/user.ts";

/** Every kind of item in the table; `key-prefixes.ts` has the prefixes of their keys. */
export const entities = {
  problem: Problem,
  problem_body: ProblemBody,
  problem_key: ProblemKeyItem,
  test_cases: TestCaseManifest,
  test_case: TestCase,
  history: History,
  history_detail: HistoryDetailItem,
  feed_entry: FeedEntry,
  feed_counts: FeedCounts,
  user: User,
  user_stats: UserStatsItem,
  user_problem: z.looseObject({}),
  user_active: z.looseObject({}),
  problem_runs: ProblemRuns,
  problem_counter: ProblemCounter,
  counter: z.looseObject({}),
  format: z.looseObject({}),
  invalidation_job: InvalidationJob,
  probe: Probe,
  beat: BeatState,
  experiment: Experiment,
} as const;

export type EntityName = keyof typeof entities;
export type Entities = { [E in EntityName]: z.output<(typeof entities)[E]> };

/** Change of one item: `before` is null if it is new, `after` if it was deleted. */
export type Change = {
  [E in EntityName]: { entity: E; before: Entities[E] | null; after: Entities[E] | null };
}[EntityName];

/** Result of a write: the id of its item, and changes that invalidate every cached view of what was written. */
export interface Written {
  id: number;
  changes: readonly Change[];
}

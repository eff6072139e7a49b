import { type BeatTable, createBeatTable } from "./beat/beat.table.ts";
import { createExperimentTable, type ExperimentTable } from "./experiment/experiment.table.ts";
import { FEED_SHAPE, type FeedShape } from "./history/feed-shape.ts";
import { createHistoryTable, type HistoryTable } from "./history/history.table.ts";
import { createJobTable, type JobTable } from "./job/job.table.ts";
import { createProblemTable, type ProblemTable } from "./problem/problem.table.ts";
import type { Database } from "./table/database.ts";
import { createIdBlocks, type IdBlocks } from "./table/id-blocks.ts";
import { createTestCaseTable, type TestCaseTable } from "./test-case/test-case.table.ts";
import { createUserTable, type UserTable } from "./user/user.table.ts";

/** Everything from which resources load and to which handlers write. */
export interface Tables {
  problems: ProblemTable;
  testCases: TestCaseTable;
  history: HistoryTable;
  users: UserTable;
  jobs: JobTable;
  beats: BeatTable;
  experiments: ExperimentTable;
}

/** State that the tables of one process share, and settings for tests: the clock (epoch ms), and smaller sizes for feed counts. */
export interface TablesOptions {
  ids?: IdBlocks;
  now?: () => number;
  feedShape?: FeedShape;
}

export function createTables(
  db: Database,
  { ids = createIdBlocks(), now = Date.now, feedShape = FEED_SHAPE }: TablesOptions = {},
): Tables {
  return {
    problems: createProblemTable(db, { now }),
    testCases: createTestCaseTable(db, { now }),
    history: createHistoryTable(db, { ids, now, feedShape }),
    users: createUserTable(db, { now }),
    jobs: createJobTable(db, { now }),
    beats: createBeatTable(db),
    experiments: createExperimentTable(db, { now }),
  };
}

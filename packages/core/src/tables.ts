import { type BeatTable, createBeatTable } from "./beat/beat.table.ts";
import { FEED_SHAPE, type FeedShape } from "./history/feed-shape.ts";
import { createHistoryTable, type HistoryTable } from "./history/history.table.ts";
import { createJobTable, type JobTable } from "./job/job.table.ts";
import { createProblemTable, type ProblemTable } from "./problem/problem.table.ts";
import type { Database } from "./table/database.ts";
import { createTestCaseTable, type TestCaseTable } from "./test-case/test-case.table.ts";
import { createUserTable, type UserTable } from "./user/user.table.ts";

/** All that resources load from and handlers write to. */
export interface Tables {
  problems: ProblemTable;
  testCases: TestCaseTable;
  history: HistoryTable;
  users: UserTable;
  jobs: JobTable;
  beats: BeatTable;
}

/** Settings for tests: the clock (epoch milliseconds), and smaller numbers for the counts of feeds. */
export interface TablesOptions {
  now?: () => number;
  feedShape?: FeedShape;
}

export function createTables(
  db: Database,
  { now = Date.now, feedShape = FEED_SHAPE }: TablesOptions = {},
): Tables {
  return {
    problems: createProblemTable(db, { now }),
    testCases: createTestCaseTable(db, { now }),
    history: createHistoryTable(db, { now, feedShape }),
    users: createUserTable(db, { now }),
    jobs: createJobTable(db, { now }),
    beats: createBeatTable(db),
  };
}

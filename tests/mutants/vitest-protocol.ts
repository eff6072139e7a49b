import type { NamedTest, RunReport } from "./report.ts";

/** Asks a vitest process for a run. */
export interface RunRequest {
  readonly tests: readonly NamedTest[];
  /** Projects of the tests; default: all. Setting up a project takes time. */
  readonly projects: readonly string[];
  /** Paths, from the root of the tree, of files that are changed for this run only. */
  readonly changed: readonly string[];
}

export interface RunReply {
  readonly report: RunReport;
  /** True when the process has set up a project, from the sources at that time: the next run needs another process. */
  readonly isSpent: boolean;
}

/** Result of a benchmark: tables for people, counts that another run must repeat, and goals. */
export interface RowResult {
  readonly tables: readonly Table[];
  /**
   * Counts of each case, such as commands, bytes, loads and stale reads: the same on every machine until the code changes,
   * except that bytes vary a little (`BYTES_TOLERANCE`). `--check` compares them.
   */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly goals: readonly Goal[];
  readonly charts?: readonly Chart[];
}

export interface Table {
  readonly title: string;
  /** Sentences above the table. */
  readonly notes?: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Null: no value. `textOf` writes cells. */
export type Cell = string | number | null;

export interface Goal {
  readonly text: string;
  readonly measured: string;
  readonly holds: boolean;
  /** Reason for missing it, and what was tried. */
  readonly why?: string;
}

/** Horizontal bars, drawn from a table's numbers. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

/** Size of a run. A quick one, of `--quick` or `--check`, is not recorded. */
export type Scale = "quick" | "full";

export interface RowContext {
  readonly scale: Scale;
  /** Reports the benchmark's progress on the terminal. */
  readonly progress: (text: string) => void;
}

/** A row of `npm run bench`: one benchmark, which is a section of docs/benchmarks.md and may have several tables. */
export interface Row {
  readonly title: string;
  readonly about: string;
  /** True if `--check` runs it; `.ci/run` runs `--check`. */
  readonly isChecked: boolean;
  readonly run: (context: RowContext) => Promise<RowResult>;
}

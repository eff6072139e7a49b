/** Result of a row: tables for people, counts that another run must repeat, and goals. */
export interface RowResult {
  readonly tables: readonly Table[];
  /** Commands, requests, bytes and loads of each case: the same on every machine, unless something has changed. */
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

/** Numbers are written with three significant digits. */
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

/** Size of a run: the quick one is for `.ci/run`, and its times are not recorded. */
export type Scale = "quick" | "full";

export interface RowContext {
  readonly scale: Scale;
  /** Reports the row's progress on the terminal. */
  readonly progress: (text: string) => void;
}

export interface Row {
  readonly title: string;
  readonly about: string;
  /** True if the row runs in `.ci/run`. */
  readonly isQuick: boolean;
  readonly run: (context: RowContext) => Promise<RowResult>;
}

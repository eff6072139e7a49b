/** A named test: a file, and a title or a part of one. */
export interface NamedTest {
  readonly test: string;
  readonly title: string;
}

/** One test of a run. */
export interface TestReport {
  /** Path of the file, from the root of the tree. */
  readonly file: string;
  /** Name of the test's project in vitest; empty if the configuration has none. */
  readonly project: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
  readonly errors: readonly { readonly name: string; readonly message: string }[];
}

/** A test run: its tests, and errors outside of them (a file that cannot be loaded, an unhandled rejection). */
export interface RunReport {
  readonly tests: readonly TestReport[];
  readonly errors: readonly { readonly file: string | null; readonly message: string }[];
}

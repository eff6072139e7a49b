import type { NamedTest, RunReport, TestReport } from "./report.ts";

export type Outcome =
  | "killed"
  | "survived"
  | "does not apply"
  | "no such test"
  | "fails unpatched"
  | "breaks the run";

export interface Verdict {
  readonly outcome: Outcome;
  /** First line of the error of the test or the run; all of git's message; or the test that is missing. */
  readonly detail?: string;
}

/**
 * True for a failed `expect`, including snapshots. Any other error of a test may come from a patch that merely breaks
 * the code.
 */
function isAssertion({ name, message }: TestReport["errors"][number]): boolean {
  return name === "AssertionError" || /^Snapshot `.*` mismatched/.test(message);
}

/** Checks a test in the unpatched tree: it must exist and pass. Returns undefined if so. */
export function judgeUnpatched(report: RunReport, named: NamedTest): Verdict | undefined {
  const tests = testsOf(report, named);
  const failed = tests.find(({ state }) => state === "failed");
  if (failed) return { outcome: "fails unpatched", ...detailOf(failed.errors) };
  if (tests.length > 0) return undefined;
  const errors = report.errors.filter(({ file }) => file === named.test || file === null);
  if (errors.length > 0) return { outcome: "fails unpatched", ...detailOf(errors) };
  return { outcome: "no such test", detail: `${named.test}: "${named.title}"` };
}

/** Judges a patch by the run of its test: an assertion of the test must fail. */
export function judgePatched(report: RunReport, named: NamedTest): Verdict {
  const tests = testsOf(report, named);
  const errors = tests.filter(({ state }) => state === "failed").flatMap((test) => test.errors);
  const assertions = errors.filter(isAssertion);
  if (assertions.length > 0) return { outcome: "killed", ...detailOf(assertions) };
  if (errors.length > 0) return { outcome: "breaks the run", ...detailOf(errors) };
  if (tests.length === 0) return { outcome: "breaks the run", ...detailOf(report.errors) };
  return { outcome: "survived" };
}

/** Completed tests of the file with the title in their name. */
function testsOf({ tests }: RunReport, { test, title }: NamedTest): TestReport[] {
  return tests.filter(
    ({ file, name, state }) =>
      file === test && name.includes(title) && (state === "passed" || state === "failed"),
  );
}

function detailOf([first]: readonly { readonly message: string }[]): { detail?: string } {
  const [line] = first?.message.split("\n") ?? [];
  return line === undefined ? {} : { detail: line };
}

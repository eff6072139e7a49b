import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter } from "vitest/node";

/** One test of a run. */
export interface TestReport {
  /** Path of the file, from the root of the tree. */
  readonly file: string;
  /** Of vitest's projects; empty where the configuration has none. */
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

/** Environment variable with the path that the report is written to. */
export const REPORT_FILE = "MUTANT_REPORT_FILE";

/** A vitest reporter that writes a `RunReport`: vitest's JSON leaves the names of errors out. */
export default class MutantReporter implements Reporter {
  onTestRunEnd: NonNullable<Reporter["onTestRunEnd"]> = (modules, unhandled) => {
    const relative = (file: string) => path.relative(process.cwd(), file).replaceAll("\\", "/");
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test): TestReport => {
        const { state, errors = [] } = test.result();
        return {
          file: relative(module.moduleId),
          project: module.project.name,
          name: test.fullName,
          state,
          errors: errors.map(({ name = "Error", message }) => ({ name, message })),
        };
      }),
    );
    const errors: RunReport["errors"] = [
      ...modules.flatMap((module) =>
        [module, ...module.children.allSuites()]
          .flatMap((suite) => suite.errors())
          .map(({ message }) => ({ file: relative(module.moduleId), message })),
      ),
      ...unhandled.map(({ message }) => ({ file: null, message })),
    ];
    const report: RunReport = { tests, errors };
    writeFileSync(process.env[REPORT_FILE] as string, JSON.stringify(report));
  };
}

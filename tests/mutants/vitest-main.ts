import path from "node:path";
import { createVitest, type TestModule, type TestRunResult } from "vitest/node";
import type { NamedTest, RunReport, TestReport } from "./report.ts";
import { asLiteral } from "./titles.ts";
import type { RunReply, RunRequest } from "./vitest-protocol.ts";

// A planted bug may name a test that a plain run skips.
process.env["ALL_TESTS"] = "1";

/** Runs tests of the tree in the current folder on request, one run after the other, in one vitest. */
const vitest = await createVitest("test", {
  config: "tests/vitest.config.ts",
  watch: false,
  reporters: [{}],
});
await vitest.standalone();

/** Files that were changed for the run before, and have been changed back since. */
let changedBefore: readonly string[] = [];

process.on("disconnect", () => process.exit());
process.on("message", (request: RunRequest) => {
  void run(request)
    .catch((error: unknown) => failed(error))
    .then((reply) => process.send?.(reply));
});

async function run({ tests, projects, changed }: RunRequest): Promise<RunReply> {
  for (const file of [...changedBefore, ...changed]) vitest.invalidateFile(path.resolve(file));
  changedBefore = changed;
  const titles = [...new Set(tests.map(({ title }) => asLiteral(title)))];
  vitest.setGlobalTestNamePattern(new RegExp(titles.join("|")));
  const specifications = (await vitest.globTestSpecifications(filesOf(tests))).filter(
    ({ project }) => projects.length === 0 || projects.includes(project.name),
  );
  const result = await vitest.runTestSpecifications(specifications);
  const isSpent = specifications.some(({ project }) => project.config.globalSetup.length > 0);
  return { report: reportOf(result), isSpent };
}

function filesOf(tests: readonly NamedTest[]): string[] {
  return [...new Set(tests.map(({ test }) => test))];
}

function reportOf({ testModules, unhandledErrors }: TestRunResult): RunReport {
  const outside = testModules.flatMap((module) =>
    [module, ...module.children.allSuites()]
      .flatMap((suite) => suite.errors())
      .map(({ message }) => ({ file: fileOf(module), message })),
  );
  const unhandled = unhandledErrors.map((error) => ({ file: null, message: messageOf(error) }));
  return { tests: testModules.flatMap(testsOf), errors: [...outside, ...unhandled] };
}

function testsOf(module: TestModule): TestReport[] {
  return [...module.children.allTests()].map((test) => {
    const { state, errors = [] } = test.result();
    return {
      file: fileOf(module),
      project: module.project.name,
      name: test.fullName,
      state,
      errors: errors.map(({ name = "Error", message }) => ({ name, message })),
    };
  });
}

function fileOf({ moduleId }: TestModule): string {
  return path.relative(process.cwd(), moduleId).replaceAll("\\", "/");
}

function messageOf(error: unknown): string {
  return error instanceof Error || (typeof error === "object" && error && "message" in error)
    ? String(error.message)
    : String(error);
}

function failed(error: unknown): RunReply {
  return {
    report: { tests: [], errors: [{ file: null, message: messageOf(error) }] },
    isSpent: true,
  };
}

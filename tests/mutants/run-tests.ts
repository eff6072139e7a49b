import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { REPORT_FILE, type RunReport } from "./report.ts";

const run = promisify(execFile);

const REPORTER = path.join(import.meta.dirname, "report.ts");

/** A named test: a file, and a title or a part of one. */
export interface NamedTest {
  readonly test: string;
  readonly title: string;
}

export interface RunOptions {
  /** The run is ended then. */
  readonly limitMs: number;
  /** Projects that the tests are in, all unless said: each that is set up takes its time. */
  readonly projects?: readonly string[];
}

/** Runs the named tests of a tree in one vitest process. */
export async function runTests(
  tree: string,
  tests: readonly NamedTest[],
  { limitMs, projects = [] }: RunOptions,
): Promise<RunReport> {
  const files = [...new Set(tests.map(({ test }) => test))];
  const pattern = [...new Set(tests.map(({ title }) => asLiteral(title)))].join("|");
  const vitest = path.join(tree, "node_modules/vitest/vitest.mjs");
  const config = ["--config", "tests/vitest.config.ts", "--reporter", REPORTER];
  for (const project of projects) config.push("--project", project);
  const reportFile = path.join(tree, "mutant-report.json");
  let failure = "";
  try {
    await run(process.execPath, [vitest, "run", ...config, "-t", pattern, ...files], {
      cwd: tree,
      env: { ...process.env, [REPORT_FILE]: reportFile },
      timeout: limitMs,
      killSignal: "SIGKILL",
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    // Vitest exits with 1 when a test fails: the report says which.
    const { killed, stderr } = error as { killed?: boolean; stderr?: string };
    failure = killed ? `no end within ${limitMs / 1000} s` : (stderr ?? String(error)).trim();
  }
  try {
    return JSON.parse(await readFile(reportFile, "utf8")) as RunReport;
  } catch {
    return { tests: [], errors: [{ file: null, message: failure || "vitest wrote no report" }] };
  } finally {
    await rm(reportFile, { force: true });
  }
}

function asLiteral(title: string): string {
  return title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

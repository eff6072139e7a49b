import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "failed-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Output of the script for results in vitest's form: file → the message of its failed test, null if all passed. */
function printed(failures: Record<string, string | null>): { stdout: string; stderr: string } {
  const testResults = Object.entries(failures).map(([file, message]) => ({
    name: join(process.cwd(), file),
    status: message === null ? "passed" : "failed",
    assertionResults: [
      { fullName: "it works", failureMessages: message === null ? [] : [message] },
    ],
  }));
  const results = join(folder, "results.json");
  writeFileSync(results, JSON.stringify({ testResults }));
  const script = join(import.meta.dirname, "failed-files.ts");
  const { stdout, stderr } = spawnSync(process.execPath, [script, results], { encoding: "utf8" });
  return { stdout, stderr };
}

const LATE = "Error: Test timed out\n  in 120000ms.";

test("files with a failed test are listed, each on a line with its first failure", () => {
  const results = { "tests/a.test.ts": LATE, "tests/b.test.ts": null, "tests/c.test.ts": LATE };
  const line = (file: string) => `${file}\tit works: Error: Test timed out in 120000ms.\n`;
  const stdout = line("tests/a.test.ts") + line("tests/c.test.ts");
  expect(printed(results)).toEqual({ stdout, stderr: "" });
});

test.for([
  ["tests/a.test.ts", 'Error: Property failed after 3 tests\n{ seed: 7, path: "2" }'],
  ["tests/flows/read-your-writes.test.ts", "AssertionError: expected 1 to be 2"],
] as const)("no file is repeated when %s has failed: %s", ([file, message]) => {
  const { stdout, stderr } = printed({ "tests/b.test.ts": LATE, [file]: message });
  expect(stdout).toBe("");
  expect(stderr).toContain(file);
});

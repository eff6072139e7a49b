import { spawnSync } from "node:child_process";
import { checks } from "@algoitny/ops/smoke/checks";
import type { Outcome } from "@algoitny/ops/smoke/run-checks";
import { describe, expect, test } from "vitest";

/** A port that `fetch` refuses: every check fails at once. */
const NOWHERE = "http://127.0.0.1:1";

function smoke(...words: string[]) {
  const program = ["packages/ops/src/cli/smoke.ts", ...words];
  const env = { ...process.env, CORS_ORIGINS: "https://app.example" };
  return spawnSync(process.execPath, program, { encoding: "utf8", env });
}

describe("npm run smoke", () => {
  test("tells each check in a line, why it failed, and ends with 1", () => {
    const { stdout, status } = smoke(NOWHERE, "token");
    expect(stdout.match(/^FAILED /gm)).toHaveLength(checks.length);
    expect(stdout).toMatch(/^ +fetch failed: bad port$/m);
    expect(status).toBe(1);
  });

  test("tells all of them in one JSON array with --json, and ends with 1 too", () => {
    const { stdout, status } = smoke(NOWHERE, "token", "--json");
    const outcomes = JSON.parse(stdout) as Outcome[];
    expect(outcomes.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
    expect(outcomes[0]).toMatchObject({ result: "failed", ms: expect.any(Number) });
    expect(status).toBe(1);
  });

  test("explains itself with --help", () => {
    const { stdout, status } = smoke("--help");
    expect(stdout).toMatch(/^Usage: npm run smoke -- URL TOKEN \[--json\]/);
    expect(status).toBe(0);
  });

  test.each([[[]], [[NOWHERE]], [["nowhere", "token"]], [[NOWHERE, "token", "--jsn"]]])(
    "ends with 2 and says how it is used when it is asked for %j",
    (words) => {
      const { stderr, status } = smoke(...words);
      expect(stderr).toContain("Usage: npm run smoke");
      expect(status).toBe(2);
    },
  );
});

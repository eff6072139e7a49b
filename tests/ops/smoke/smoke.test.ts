import { spawnSync } from "node:child_process";
import { checks } from "@algoitny/ops/smoke/checks";
import { describe, expect, test } from "vitest";

/** An address whose port `fetch` refuses as a bad port. */
const NOWHERE = "http://127.0.0.1:1";

function smoke(...words: string[]) {
  const program = ["packages/ops/src/cli/smoke.ts", ...words];
  const env = { ...process.env, CORS_ORIGINS: "https://app.example" };
  return spawnSync(process.execPath, program, { encoding: "utf8", env });
}

describe("npm run smoke", () => {
  test("reports an address where nothing answers once, with exit code 1", () => {
    const { stdout, status } = smoke(NOWHERE, "token");
    expect(stdout).toMatch(
      /^FAILED {3}is ready.*\n +cannot reach http:\/\/127\.0\.0\.1:1: .*: bad port\n$/,
    );
    expect(status).toBe(1);
  });

  test("reports such an address in a JSON array with --json, with exit code 1 too", () => {
    const { stdout, status } = smoke(NOWHERE, "token", "--json");
    const name = checks[0]?.name;
    expect(JSON.parse(stdout)).toMatchObject([{ name, result: "failed", ms: expect.any(Number) }]);
    expect(status).toBe(1);
  });

  test("prints its usage with --help", () => {
    const { stdout, status } = smoke("--help");
    expect(stdout).toMatch(/^Usage: npm run smoke -- URL TOKEN \[--json\]/);
    expect(status).toBe(0);
  });

  test.each([[[]], [[NOWHERE]], [["nowhere", "token"]], [[NOWHERE, "token", "--jsn"]]])(
    "prints its usage for %j, with exit code 2",
    (words) => {
      const { stderr, status } = smoke(...words);
      expect(stderr).toContain("Usage: npm run smoke");
      expect(status).toBe(2);
    },
  );
});

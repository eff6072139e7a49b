import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../../..");

test("packages/cache/docs/api.md is what `npm run docs` makes of today's docstrings", () => {
  const env = { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}` };
  const made = execFileSync("node", ["packages/cache/scripts/api-docs.ts"], {
    cwd: ROOT,
    env,
    encoding: "utf8",
  });
  expect(readFileSync(join(ROOT, "packages/cache/docs/api.md"), "utf8")).toBe(made);
  expect(made).toContain("### defineResource\n\nFrom `@algoitny/cache`.\n\nDefines a resource.");
});

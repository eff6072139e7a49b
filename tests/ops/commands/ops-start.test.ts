import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Writes the address of each module as it is loaded, to standard error. */
const LISTING = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
import { writeSync } from "node:fs";
registerHooks({ load(url, context, next) { writeSync(2, url + "\\n"); return next(url, context); } });`)}`;

/** The command line alone, then the help of each command in the same process. */
const EVERY_HELP = `
import "./packages/ops/src/cli/ops-command-line.ts";
import { runOps } from "./packages/ops/src/commands/run-ops.ts";
import { commands } from "./packages/ops/src/commands/ops-commands.ts";
for (const name of Object.keys(commands))
  await runOps(commands, [name, "--help"], { print: console.log, note: console.log });`;

test("help loads no package and no schema: that would take 200 modules", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    `--import=${LISTING}`,
    `--eval=${EVERY_HELP}`,
    "command-line",
    "--help",
  ]);
  expect(stdout).toContain("Usage: npm run ops -- COMMAND");
  expect(stdout).toContain("Usage: npm run ops -- drill");
  const loaded = stderr.split("\n").filter((line) => line.startsWith("file:"));
  expect(loaded.filter((url) => url.includes("/node_modules/"))).toEqual([]);
  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.length).toBeLessThan(30);
});

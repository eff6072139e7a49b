import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { runCommand } from "@algoitny/ops/cli/command";

/** npm scripts that check the code, in the order in which they run. */
const SCRIPTS = [
  "format:check",
  "lint",
  "typecheck",
  "check:voice",
  "check:package",
  "check:openapi",
] as const;

const USAGE = `Usage: npm run check -- [--json]

Runs ${SCRIPTS.join(", ")}, all of them even if one fails. Exit code 1 means that one failed.
\`npm run format\` corrects the format.

  --json   one JSON array of { name, passed, seconds, output }
  --help   this text`;

function parse() {
  return parseArgs({
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}

function runScript(name: string, json: boolean) {
  const startMs = performance.now();
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", name], {
    encoding: "utf8",
    stdio: json ? "pipe" : "inherit",
  });
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  return { name, passed: status === 0, seconds, output: json ? stdout + stderr : "" };
}

await runCommand({
  usage: USAGE,
  parse,
  run: ({ json }) => {
    const results = SCRIPTS.map((name) => runScript(name, json));
    if (json) console.log(JSON.stringify(results));
    else {
      const sums = results.map(
        ({ name, passed, seconds }) => `${name} ${passed ? "ok" : "FAILED"} (${seconds} s)`,
      );
      console.log(sums.join(", "));
    }
    if (results.some(({ passed }) => !passed)) process.exitCode = 1;
  },
});

import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "@algoitny/ops/cli/command";
import { installRivals } from "../install.ts";
import {
  circumstances,
  differences,
  headCommit,
  readRecorded,
  RECORD_FILE,
  type Recorded,
} from "../recorded.ts";
import { toTerminal } from "../report/terminal.ts";
import { writeDocument } from "../report/document.ts";
import type { RowResult, Scale } from "../result.ts";
import { rows } from "../rows.ts";
import { rivalVersions } from "../subjects.ts";

const USAGE = `Usage: npm run bench -- [NAME…] [options]

Measures the cache and other libraries, and writes docs/benchmarks.md. Without a name all rows run, one after the other:

${Object.entries(rows)
  .map(([name, { about }]) => `  ${name.padEnd(15)}${about}`)
  .join("\n")}

  --quick    small sizes; only prints the results
  --resume   skips rows that are recorded at this commit
  --check    the rows that .ci/run compares, in small sizes: exit code 1 if counts, such as commands, bytes or loads, differ from the recorded ones
  --json     one JSON object per row
  --help     this text

It needs redis-server on PATH, and installs the other libraries into packages/bench (npm ci) if they are missing.`;

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(rows, name));
  if (unknown !== undefined) throw new Error(`unknown row "${unknown}"`);
  const all = Object.entries(rows).filter(([, { isChecked }]) => isChecked || !values.check);
  return { ...values, names: positionals.length > 0 ? positionals : all.map(([name]) => name) };
}

const say = (text: string) => console.error(text);

async function run({ names, quick, check, resume, json }: ReturnType<typeof parse>) {
  const missing = installRivals(say);
  if (missing !== undefined) {
    if (!check) throw new Error(`the rivals cannot be installed:\n${missing}`);
    say(`skipped: the rivals cannot be installed:\n${missing}`);
    return;
  }
  const scale: Scale = quick || check ? "quick" : "full";
  const recorded = readRecorded();
  const todo = names.filter((name) => !resume || recorded.rows[name]?.at.commit !== headCommit());
  for (const [index, name] of todo.entries()) {
    say(`${name} (${index + 1} of ${todo.length}): ${rows[name]?.about}`);
    const startMs = performance.now();
    const result = await runApart(name, scale).catch((error: unknown) => {
      // A row that fails does not stop the others.
      console.error(String(error));
      process.exitCode = 1;
    });
    if (result === undefined) continue;
    const seconds = (performance.now() - startMs) / 1_000;
    if (json) console.log(JSON.stringify({ name, seconds, ...result }));
    else console.log(`\n${toTerminal(result)}`);
    if (check) report(name, differences(result.counts, recorded.rows[name]?.counts ?? {}));
    else if (!quick) record(name, result, seconds);
  }
}

function report(name: string, found: readonly string[]): void {
  if (found.length === 0) return;
  console.error(`${name}: counts differ from docs/benchmarks.json\n  ${found.join("\n  ")}`);
  process.exitCode = 1;
}

/** Adds the row to the present records: another run may have added others in the meantime. */
function record(name: string, result: RowResult, seconds: number): void {
  const { rows: before } = readRecorded();
  const recorded: Recorded = {
    versions: rivalVersions(),
    rows: { ...before, [name]: { at: circumstances(seconds), ...result } },
  };
  writeFileSync(RECORD_FILE, `${JSON.stringify(recorded, null, 1)}\n`);
  writeDocument(recorded);
}

/** Runs a row in a separate process, in which garbage can be collected between turns. */
function runApart(name: string, scale: Scale): Promise<RowResult> {
  const startMs = performance.now();
  const child = fork(path.join(import.meta.dirname, "../row-main.ts"), [name, scale], {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
  });
  return new Promise((resolve, reject) => {
    child.on("message", (message: { progress?: string; result?: RowResult }) => {
      if (message.result) resolve(message.result);
      else
        say(
          `  ${((performance.now() - startMs) / 1_000).toFixed(1).padStart(6)} s  ${message.progress}`,
        );
    });
    child.once("exit", (code) => {
      reject(new Error(`the row "${name}" ended with exit code ${code}`));
    });
  });
}

await runCommand({ usage: USAGE, parse, run });

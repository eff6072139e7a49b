import path from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, readMutants, selectMutants } from "./mutant.ts";
import { runCommand } from "@algoitny/ops/cli/command";
import { type MutantResult, tryMutants } from "./try-mutants.ts";

const USAGE = `Usage: npm run prove -- mutants [NAME…] [--json]

Plants bugs, one at a time, in copies of this tree and runs the test that has to find each.
Exit code 1 means that a bug was not killed: its patch does not apply, or its test is missing, fails without the patch,
passes with it, or fails with it by an error that is no assertion. A bug whose result a busy machine can cause is tried
again at the end, with no other run at the same time.

  NAME…    patches or folders of tests/mutants: cache/l1 (default: all)
  --json   one JSON object
  --help   this text`;

const ROOT = path.resolve(import.meta.dirname, "../..");

async function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return { ...values, mutants: selectMutants(await readMutants(import.meta.dirname), positionals) };
}

function rowOf({ name, outcome, seconds, detail, first }: MutantResult, width: number): string {
  const reasons = [first && `first try: ${first}`, outcome === "killed" ? undefined : detail];
  const reason = reasons.map((each) => (each === undefined ? "" : `  ${each}`)).join("");
  return `${outcome.padEnd("breaks the run".length)} ${seconds.toFixed(1).padStart(5)} s  ${name.padEnd(width)}${reason}`.trimEnd();
}

async function run({ mutants, json }: { mutants: readonly Mutant[]; json: boolean }) {
  const width = Math.max(...mutants.map(({ name }) => name.length));
  const startMs = performance.now();
  const results = await tryMutants(ROOT, mutants, {
    onResult: (result) => {
      if (!json) console.log(rowOf(result, width));
    },
  });
  const killed = results.filter(({ outcome }) => outcome === "killed").length;
  const failed = results.length - killed;
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(
    json
      ? JSON.stringify({ killed, failed, seconds, mutants: results })
      : `${killed} of ${results.length} planted bugs were killed, in ${seconds} s`,
  );
  if (failed > 0) process.exitCode = 1;
}

// An interrupted run has to remove its copies, which happens at the process's exit.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

await runCommand({ usage: USAGE, parse, run });

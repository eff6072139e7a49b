import { spawnSync } from "node:child_process";
import path from "node:path";
import { runCommand } from "@algoitny/ops/cli/command";

const VITEST = "../node_modules/vitest/vitest.mjs";

/** A proof that takes too long for `npm test`: a program with a separate command line. */
interface Proof {
  readonly about: string;
  /** Path of the program, from this folder, and its first arguments. */
  readonly program: readonly [file: string, ...args: string[]];
  /** Its flag for JSON; default: `--json`. */
  readonly jsonFlag?: string;
}

/** The proofs, in the order in which they run. */
const PROOFS: Readonly<Record<string, Proof>> = {
  mutants: {
    about: "planted bugs: the test that each names has to fail",
    program: ["mutants/prove-mutants.ts"],
  },
  rounds: {
    about: "1,000 writes, each of which the next read of every affected endpoint has to show",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/flows/read-your-writes"],
    jsonFlag: "--reporter=json",
  },
  agreement: {
    about:
      "24,000 requests at 200 per second: the generator, log lines, API, command line and page count the same",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/flows/agreement"],
    jsonFlag: "--reporter=json",
  },
  burst: {
    about: "1,000 executions at once, each counted once; 200 searches at once",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/flows/burst"],
    jsonFlag: "--reporter=json",
  },
  monitor: {
    about:
      "rules of invalidation are left out one by one, and checked hits find each; with all rules none of 10,000 checked hits is stale",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/functions/verifying"],
    jsonFlag: "--reporter=json",
  },
  experiments: {
    about:
      "1,000 experiments of a week on equal lifetimes: at most one in twenty finds a difference",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/functions/experiments"],
    jsonFlag: "--reporter=json",
  },
  soundness: {
    about: "after any write every view whose value has changed is invalidated, and no other one",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/core"],
    jsonFlag: "--reporter=json",
  },
  recorded: {
    about: "100,000 random reads of random tables after random writes, without tags and rules",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/cache/dynamodb"],
    jsonFlag: "--reporter=json",
  },
  "recorded-views": {
    about:
      "every view of the API without rules: the next read shows each write, and a storm finds no stale answer",
    program: [VITEST, "run", "--config", "tests/recorded-views.config.ts"],
    jsonFlag: "--reporter=json",
  },
  storm: {
    about:
      "two storms of 2,000 random writes to 4,637 problems through two processes, with readers, over a Redis that fails and is restored to older states",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/storm"],
    jsonFlag: "--reporter=json",
  },
  loss: {
    about:
      "Redis is lost under full load: at most twice as many concurrent loads, and one load per entry once it is back",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/cache/hardest"],
    jsonFlag: "--reporter=json",
  },
  drills: {
    about:
      "a finding names each planted fault within a minute, and no finding remains once the fault is lifted",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/drills"],
    jsonFlag: "--reporter=json",
  },
  responses: {
    about:
      "100,000 GraphQL answers during mutations: none is stale, none shows another viewer's value, and planted bugs are detected",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/cache/graphql"],
    jsonFlag: "--reporter=json",
  },
  memory: {
    about: "a million expired entries, then a million writes, in a bounded heap",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/cache/store"],
    jsonFlag: "--reporter=json",
  },
  runtimes: {
    about:
      "the packed library in Node 20.19, 22 and 24, Bun, Deno and workerd, as far as npm has them",
    program: ["runtimes/prove-runtimes.ts"],
  },
  schemathesis: {
    about:
      "20,000 requests generated from the API's document: no 5xx, no answer that differs from the document",
    program: ["openapi/fuzz-command.ts"],
  },
  model: {
    about: "interleavings of the cache, explored one by one",
    program: ["model/model-command.ts"],
  },
};

const USAGE = `Usage: npm run prove -- [NAME [ARGUMENT…]] [--json]

Runs one long proof with its own arguments (NAME --help lists them), or all of them, one after the other.

${Object.entries(PROOFS)
  .map(([name, { about }]) => `  ${name.padEnd(16)}${about}`)
  .join("\n")}
  --json   a line of JSON per proof
  --help   this text`;

function parse() {
  const [name, ...args] = process.argv.slice(2);
  if (name === "--help" || name === "-h") return { help: true, json: false, args };
  const json = name === "--json" && args.length === 0;
  if (name === undefined || json) return { help: false, json, args };
  const proof = Object.hasOwn(PROOFS, name) ? PROOFS[name] : undefined;
  if (proof === undefined) throw new Error(`unknown proof "${name}"`);
  return { help: false, json, proof, args };
}

/** Runs a proof and returns its exit code. */
function prove({ program: [file, ...first] }: Proof, args: readonly string[]): number {
  const command = [path.join(import.meta.dirname, file), ...first, ...args];
  return spawnSync(process.execPath, command, { stdio: "inherit" }).status ?? 1;
}

function runAll(json: boolean): number {
  const failed = Object.entries(PROOFS).filter(([name, proof]) => {
    if (!json) console.log(`\n${name}: ${proof.about}`);
    return prove(proof, json ? [proof.jsonFlag ?? "--json"] : []) !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.map(([name]) => name).join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

function run({ proof, json, args }: ReturnType<typeof parse>): void {
  process.exitCode = proof === undefined ? runAll(json) : prove(proof, args);
}

await runCommand({ usage: USAGE, parse, run });

import { spawnSync } from "node:child_process";
import path from "node:path";

const VITEST = "../node_modules/vitest/vitest.mjs";

/** A proof that takes too long for `npm test`: a program with a command line of its own. */
interface Proof {
  readonly about: string;
  /** Path of the program, from this folder, and its first arguments. */
  readonly program: readonly [file: string, ...args: string[]];
}

/** The proofs, in the order in which they run. */
const PROOFS: Readonly<Record<string, Proof>> = {
  mutants: {
    about: "planted bugs: the test named for each has to fail",
    program: ["mutants/prove-mutants.ts"],
  },
  rounds: {
    about: "1,000 writes, each seen by the next read of every endpoint that it affects",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/flows"],
  },
  storm: {
    about: "2,000 random writes over 4,637 problems by two processes, and readers",
    program: [VITEST, "run", "--config", "tests/proofs.config.ts", "tests/storm"],
  },
  model: {
    about: "interleavings of the cache, explored one by one",
    program: ["model/model-command.ts"],
  },
};

const USAGE = `Usage: npm run prove -- [NAME [ARGUMENT…]] [--json]

Runs one long proof with its own arguments (NAME --help lists them), or all of them, one after the other.

${Object.entries(PROOFS)
  .map(([name, { about }]) => `  ${name.padEnd(9)}${about}`)
  .join("\n")}
  --json   a line of JSON a proof
  --help   this text`;

/** Runs a proof and returns its exit code. */
function runProof({ program: [file, ...first] }: Proof, args: readonly string[]): number {
  const command = [path.join(import.meta.dirname, file), ...first, ...args];
  return spawnSync(process.execPath, command, { stdio: "inherit" }).status ?? 1;
}

function runAll(args: readonly string[]): number {
  const failed = Object.entries(PROOFS).filter(([name, proof]) => {
    if (args.length === 0) console.log(`\n${name}: ${proof.about}`);
    return runProof(proof, args) !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.map(([name]) => name).join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

function main(given: readonly string[]): number {
  const [name, ...args] = given;
  if (name === "--help" || name === "-h") {
    console.log(USAGE);
    return 0;
  }
  if (name === undefined || (name === "--json" && args.length === 0)) return runAll(given);
  const proof = Object.hasOwn(PROOFS, name) ? PROOFS[name] : undefined;
  if (proof !== undefined) return runProof(proof, args);
  console.error(`unknown proof "${name}"\n\n${USAGE}`);
  return 2;
}

process.exitCode = main(process.argv.slice(2));

import { parseArgs } from "node:util";
import { createProgressBar } from "../progress-bar.ts";
import { runsOf, simulate, simulationText } from "../simulate/simulation-text.ts";
import { runCommand } from "./command.ts";
import { numberOf } from "./flag-values.ts";

const USAGE = `Usage: npm run simulate -- [options]

Runs a fleet of processes over one Redis on a virtual clock, with the cache, the views and the rules that the functions
have; the database and Redis are in memory. Prints the cost of each scenario per second, below it the result of the
formulas of docs/scale.md, then how the cost grows, and the formulas' result for a large site. It takes half a minute on
an idle machine, and minutes on a busy one.

  --reads N       reads per second (500); writes grow with them, except for ordinary edits
  --processes N   processes, each with the catalogue in its memory (20)
  --problems N    problems of the catalogue (10000)
  --seconds N     counted seconds, after a warm-up of the same length (8)
  --seed N        seed of the times and reads (1)
  --json          one JSON object: { rows, growth, large }
  --help          this text`;

function wholeOf(flag: string, text: string, least: number, most: number): number {
  const fits = (value: number) => Number.isInteger(value) && value >= least && value <= most;
  return numberOf(flag, text, `a whole number from ${least} to ${most}`, fits);
}

function parse() {
  const { values } = parseArgs({
    options: {
      reads: { type: "string", default: "500" },
      processes: { type: "string", default: "20" },
      problems: { type: "string", default: "10000" },
      seconds: { type: "string", default: "8" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    ...values,
    reads: wholeOf("reads", values.reads, 20, 100_000),
    processes: wholeOf("processes", values.processes, 1, 1_000),
    problems: wholeOf("problems", values.problems, 100, 1_000_000),
    seconds: wholeOf("seconds", values.seconds, 1, 3_600),
    seed: wholeOf("seed", values.seed, 0, 2 ** 31),
  };
}

await runCommand({
  usage: USAGE,
  parse,
  run: async ({ seconds, seed, json, reads, processes, problems }) => {
    const size = { reads, processes, problems };
    const { scenarios, growth } = runsOf(size);
    const windowMs = seconds * 1_000;
    const bar = createProgressBar((scenarios.length + growth.length) * seconds * 2, "seconds");
    const result = await simulate(size, {
      warmUpMs: windowMs,
      countedMs: windowMs,
      seed,
      onProgress: (ms) => bar.update(Math.floor(ms / 1_000)),
    }).finally(() => bar.stop());
    console.log(json ? JSON.stringify(result) : simulationText(result, size));
  },
});

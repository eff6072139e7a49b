import { parseArgs } from "node:util";
import { runCommand } from "@algoitny/ops/cli/command";
import { explore } from "./explore-model.ts";
import { exploreParts, partsOf } from "./model-parts.ts";
import { MUTATIONS } from "./mutations.ts";
import { shrink } from "./shrink.ts";
import { timeline } from "./timeline.ts";

const USAGE = `Usage: npm run model -- [options]

Explores interleavings of reads, loads, invalidations and accidents, and checks the cache's promises on each.
From 20,000 on they are divided among processes, at most one per core; those of a mutation are not.

  --runs N         interleavings (100000)
  --seed S         seed of the first one (1); the others have the next seeds
  --mutation NAME  replaces one rule of the protocol by a mistake (listed below)
  --json           one JSON object
  --help           this text

Mutations:
${Object.keys(MUTATIONS)
  .map((name) => `  "${name}"`)
  .join("\n")}`;

/** Time between two lines of progress, in ms. */
const PROGRESS_EVERY_MS = 5_000;

function parse() {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      mutation: { type: "string" },
      json: { type: "boolean", default: false },
      // Flag of a process that explores a part of another process's runs.
      part: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [runs, seed] = [values.runs, values.seed].map(Number) as [number, number];
  if (!(runs > 0) || !Number.isSafeInteger(seed))
    throw new Error("--runs and --seed are whole numbers: --runs 100000 --seed 1");
  const { mutation: name } = values;
  const mutation = name === undefined ? undefined : MUTATIONS[name];
  if (name !== undefined && mutation === undefined)
    throw new Error(`there is no mutation "${name}"; --help lists them`);
  return { ...values, runs, seed, mutation, name };
}

async function run(options: ReturnType<typeof parse>): Promise<void> {
  const parts = partsOf(options);
  // With a broken rule, the first run by seed that shows it is wanted.
  if (options.part || options.mutation || parts.length === 1) return runAlone(options);
  const startMs = performance.now();
  const reports = await exploreParts(parts);
  const sum = (count: "runs" | "steps") => reports.reduce((all, each) => all + each[count], 0);
  const [runs, steps, ms] = [sum("runs"), sum("steps"), performance.now() - startMs];
  const [seconds, perSecond] = [round(ms / 1000), Math.round((runs / ms) * 1000)];
  const broken = reports.find((report) => report.broken)?.broken ?? null;
  if (broken) process.exitCode = 1;
  if (options.json)
    console.log(JSON.stringify({ runs, seed: options.seed, steps, seconds, perSecond, broken }));
  else if (broken)
    console.log(`${broken.timeline}\n\nAgain: npm run model -- --runs 1 --seed ${broken.seed}`);
  else
    console.log(
      `${runs} interleavings, ${steps} steps in ${seconds} s (${perSecond} a second, ${parts.length} processes): every promise was kept.`,
    );
}

async function runAlone({
  runs,
  seed,
  mutation,
  name,
  json,
}: ReturnType<typeof parse>): Promise<void> {
  const startMs = performance.now();
  let nextMs = PROGRESS_EVERY_MS;
  const report = (done: number, steps: number) => {
    const ms = performance.now() - startMs;
    const memory = Math.round(process.memoryUsage.rss() / 2 ** 20);
    return {
      runs: done,
      seed,
      steps,
      seconds: round(ms / 1000),
      perSecond: Math.round((done / ms) * 1000),
      memory,
    };
  };
  const { broken, ...explored } = await explore({
    seed,
    runs,
    mutation,
    onProgress: (done, steps) => {
      if (performance.now() - startMs < nextMs) return;
      nextMs += PROGRESS_EVERY_MS;
      const { perSecond, memory } = report(done, steps);
      process.stderr.write(`${done} of ${runs} runs, ${perSecond} a second, ${memory} MB\n`);
    },
  });
  const outcome = report(explored.runs, explored.steps);
  if (broken === undefined) {
    console.log(
      json
        ? JSON.stringify({ ...outcome, broken: null })
        : `${outcome.runs} interleavings, ${outcome.steps} steps in ${outcome.seconds} s (${outcome.perSecond} a second, ${outcome.memory} MB): every promise was kept.`,
    );
    return;
  }
  const small = await shrink(broken, mutation);
  const text = await timeline(small, mutation);
  const again = `npm run model -- --runs 1 --seed ${broken.seed}${name ? ` --mutation "${name}"` : ""}`;
  console.log(
    json
      ? JSON.stringify({ ...outcome, broken: { ...small, seed: broken.seed, timeline: text } })
      : `${text}\n\nFound in run ${outcome.runs}, after ${outcome.seconds} s. Again: ${again}`,
  );
  process.exitCode = 1;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

await runCommand({ usage: USAGE, parse, run });

import { parseArgs } from "node:util";
import { explore } from "./explore.ts";
import { MUTATIONS } from "./mutations.ts";
import { shrink } from "./shrink.ts";
import { timeline } from "./timeline.ts";

const USAGE = `npm run model -- [--runs 100000] [--seed 1] [--mutation NAME] [--json]

Explores interleavings of reads, loads, invalidations and accidents, and checks the cache's promises on each.
--mutation breaks one rule of the protocol first:
${Object.keys(MUTATIONS)
  .map((name) => `  "${name}"`)
  .join("\n")}`;

/** Time between two lines of progress, in ms. */
const PROGRESS_EVERY_MS = 5_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    mutation: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) return print(USAGE);
  const [runs, seed] = [values.runs, values.seed].map(Number) as [number, number];
  if (!(runs > 0) || !Number.isSafeInteger(seed))
    return fail(`--runs and --seed are whole numbers: --runs 100000 --seed 1`);
  const mutation = values.mutation === undefined ? undefined : MUTATIONS[values.mutation];
  if (values.mutation !== undefined && mutation === undefined)
    return fail(`there is no mutation "${values.mutation}"; --help lists them`);

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
    return print(
      values.json
        ? JSON.stringify({ ...outcome, broken: null })
        : `${outcome.runs} interleavings, ${outcome.steps} steps in ${outcome.seconds} s (${outcome.perSecond} a second, ${outcome.memory} MB): every promise was kept.`,
    );
  }
  const small = await shrink(broken, mutation);
  const text = await timeline(small, mutation);
  const again = `npm run model -- --runs 1 --seed ${broken.seed}${values.mutation ? ` --mutation "${values.mutation}"` : ""}`;
  print(
    values.json
      ? JSON.stringify({ ...outcome, broken: { ...small, seed: broken.seed, timeline: text } })
      : `${text}\n\nFound in run ${outcome.runs}, after ${outcome.seconds} s. Again: ${again}`,
  );
  return 1;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

process.exitCode = await main();

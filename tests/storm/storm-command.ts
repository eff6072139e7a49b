import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { readProblems } from "@algoitny/ops/import/codeforces";
import { generateProblems } from "./generated.ts";
import type { StormReport } from "./storm.ts";
import { runCommand } from "@algoitny/ops/cli/command";

const USAGE = `Usage: npm run storm -- [options]

Writes at random to a local cloud of two API processes, as several people and behind the API's back, while others read,
and judges every answer by what was written. It begins with a rule of invalidation that is dropped on purpose, and has to find
that out. One request to Redis in twenty arrives a second time, later. Where there is a redis-server, it starts one that
becomes full and read-only, has a replica that lags and comes back from a snapshot, in turn. Exit code 1 means that an answer was older than the configuration
promises. Ctrl-C ends the writing; what was written is still checked. Without options it takes an hour or more.

  --writes N    writes (100000)
  --seed S      what the writes are drawn from (by the clock)
  --readers N   concurrent readers (4)
  --checks N    questions judged after each write, of what it affects and now and then as many of the lists (1; 1000: all)
  --problems N  problems to begin with, made up (4637)
  --file FILE   problems to begin with, from an answer of the Codeforces API's problemset.problems
  --json        the report as one JSON object, the story on stderr
  --help        this text

Environment: REDIS_ENGINE, DYNAMODB_ENGINE, REDIS_URL and DYNAMODB_ENDPOINT choose engines as for \`npm run dev\`; with
REDIS_ENGINE=embedded, or a REDIS_URL, nothing happens to Redis.`;

/** Number of stories printed: the first wrong answers explain most. */
const STORIES = 3;

function parse() {
  const { values } = parseArgs({
    options: {
      writes: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      readers: { type: "string", default: "4" },
      checks: { type: "string", default: "1" },
      problems: { type: "string", default: "4637" },
      file: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const number = (name: "writes" | "seed" | "readers" | "checks" | "problems", least: number) => {
    const count = Number(values[name]);
    if (/^\d+$/.test(values[name]) && count >= least) return count;
    throw new Error(`--${name} ${values[name]}: write a whole number of ${least} or more`);
  };
  const { file, json, help } = values;
  const numbers = {
    writes: number("writes", 1),
    seed: number("seed", 0),
    readers: number("readers", 0),
  };
  const checks = number("checks", 1);
  return { ...numbers, checks, problems: number("problems", 1), file, json, help };
}

/** Summary of a run for people. */
function summary({
  writes,
  seconds,
  answers,
  stale,
  by_kind: byKind,
  engines,
  seed,
  planted,
  fresh_hits: freshHits,
  late_copies: lateCopies,
  faults,
}: StormReport): string {
  const judged = answers.own + answers.reader + answers.final;
  const kinds = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    `${writes} writes in ${seconds} s over ${engines.dynamodb} and ${engines.redis}: ${kinds.join(", ")}`,
    `the planted bug was found after ${planted.writes} writes`,
    `${judged} answers judged: ${answers.own} after one's own write, ${answers.reader} by readers, ${answers.final} at the end`,
    `${freshHits} of them hits on what had changed less than a second before; ${lateCopies} requests delivered again; Redis ${Object.entries(
      faults,
    )
      .map(([name, count]) => `${name} ${count} times`)
      .join(", ")}`,
    stale.length === 0
      ? "none was stale"
      : `${stale.length} not current; repeat with --seed ${seed}`,
  ];
  for (const { question, process: by, cache, key, wrong, story } of stale.slice(0, STORIES))
    lines.push(
      "",
      `STALE  ${question}, by process ${by} (${cache})`,
      `       key ${key}`,
      `       ${wrong}`,
      ...story,
    );
  return lines.join("\n");
}

await runCommand({
  usage: USAGE,
  parse,
  run: async (options) => {
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    const tell = options.json ? console.error : console.log;
    const log = (text: string) => tell(`${new Date().toISOString().slice(11, 19)} ${text}`);
    const problems =
      options.file === undefined
        ? generateProblems(options.problems)
        : readProblems(await readFile(options.file, "utf8"));
    const engines = enginesFromEnvironment();
    const { storm } = await import("./storm.ts");
    const { engine, url } = engines.redis;
    const faults =
      url === undefined && engine !== "embedded" && (await redisServerVersion()) !== undefined;
    const { signal } = interrupted;
    const report = await storm({ ...options, problems, engines, faults, log, signal });
    console.log(options.json ? JSON.stringify(report) : `\n${summary(report)}`);
    process.exitCode = report.stale.length > 0 ? 1 : 0;
  },
});

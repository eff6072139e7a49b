import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { enginesFromEnvironment } from "@algoitny/local/engines";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { readProblems } from "@algoitny/ops/import/codeforces";
import { generateProblems } from "./generated.ts";
import { type MixName, mixes } from "./mixes.ts";
import { runPieces, total } from "./pieces.ts";
import type { StormReport } from "./storm.ts";
import { runCommand } from "@algoitny/ops/cli/command";

const USAGE = `Usage: npm run storm -- [options]

Writes at random to a local cloud of two API processes, as several users and directly to DynamoDB, while readers read,
and checks every answer against the writes. It begins with a planted bug, one dropped rule of invalidation, which it has
to detect. One request to Redis in twenty, plain reads excepted, is delivered a second time, later. If redis-server is
installed, the storm starts one that becomes full, has a lagging replica, becomes read-only and is restored from a
snapshot, in turn. Exit code 1 means that an answer was older than the configuration promises, or a 5xx. Ctrl-C ends the
writing; the writes so far are still checked. Without options it takes an hour or more.

  --writes N    writes (100000)
  --seed S      seed of the random writes (taken from the clock)
  --pieces N    number of pieces, run one after the other with the seeds from S on; each begins with the planted bug (1)
  --done FILE   records each finished piece as a line of JSON, and skips the recorded ones: needs --seed
  --readers N   concurrent readers (4)
  --checks N    requests checked after each write, of those that it affects, and sometimes as many of lists (1; 1000: all)
  --mix NAME    ${Object.keys(mixes).join(" or ")} (everything)
  --problems N  number of generated problems at the start (4637)
  --file FILE   problems at the start, from an answer of the Codeforces API's problemset.problems
  --json        the report of each piece as a JSON object, the log on stderr
  --help        this text

Environment: REDIS_ENGINE, DYNAMODB_ENGINE, REDIS_URL and DYNAMODB_ENDPOINT choose engines as for \`npm run dev\`; with
REDIS_ENGINE=embedded, or a REDIS_URL, no fault of Redis is caused.`;

/** Number of explained failures: the first wrong answers explain most. */
const STORIES = 3;

function parse() {
  const { values } = parseArgs({
    options: {
      writes: { type: "string", default: "100000" },
      seed: { type: "string" },
      pieces: { type: "string", default: "1" },
      done: { type: "string" },
      readers: { type: "string", default: "4" },
      checks: { type: "string", default: "1" },
      mix: { type: "string", default: "everything" },
      problems: { type: "string", default: "4637" },
      file: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { done } = values;
  if (done !== undefined && values.seed === undefined)
    throw new Error("--done needs --seed: finished pieces are known by their seeds");
  const given = { ...values, seed: values.seed ?? String(Date.now() % 2 ** 31) };
  type Count = "writes" | "seed" | "pieces" | "readers" | "checks" | "problems";
  const number = (name: Count, least: number) => {
    const count = Number(given[name]);
    if (/^\d+$/.test(given[name]) && count >= least) return count;
    throw new Error(`--${name} ${given[name]}: write a whole number of ${least} or more`);
  };
  const { file, json, help } = values;
  if (!Object.hasOwn(mixes, values.mix))
    throw new Error(`--mix ${values.mix}: write ${Object.keys(mixes).join(" or ")}`);
  const mix = mixes[values.mix as MixName];
  const numbers = {
    writes: number("writes", 1),
    seed: number("seed", 0),
    pieces: number("pieces", 1),
    readers: number("readers", 0),
  };
  const checks = number("checks", 1);
  return { ...numbers, mix, checks, problems: number("problems", 1), done, file, json, help };
}

/** Readable summary of a run. */
function summary({
  writes,
  seconds,
  answers,
  stale,
  failed,
  by_kind: byKind,
  engines,
  seed,
  planted,
  recent_hits: recentHits,
  late_copies: lateCopies,
  faults,
}: StormReport): string {
  const judged = answers.own + answers.reader + answers.final;
  const kinds = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    `${writes} writes in ${seconds} s over ${engines.dynamodb} and ${engines.redis}: ${kinds.join(", ")}`,
    `the planted bug was found after ${planted.writes} writes`,
    `${judged} answers judged: ${answers.own} after one's own write, ${answers.reader} by readers, ${answers.final} at the end`,
    `${recentHits} of them hits on what had changed less than a second before; ${lateCopies} requests delivered again; Redis ${Object.entries(
      faults,
    )
      .map(([name, count]) => `${name} ${count} times`)
      .join(", ")}`,
    stale.length === 0
      ? "none was stale"
      : `${stale.length} not current; repeat with --seed ${seed}`,
    ...(failed.length > 0 ? [`${failed.length} failed; repeat with --seed ${seed}`] : []),
  ];
  const reads = [
    ...stale.map((read) => ({ ...read, kind: "STALE" })),
    ...failed.map((read) => ({ ...read, kind: "FAILED" })),
  ];
  for (const { kind, question, process: by, cache, key, wrong, story } of reads.slice(0, STORIES))
    lines.push(
      "",
      `${kind.padEnd(6)} ${question}, by process ${by} (${cache})`,
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
    const print = options.json ? console.error : console.log;
    const log = (text: string) => print(`${new Date().toISOString().slice(11, 19)} ${text}`);
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
    const { pieces: count, seed, done } = options;
    const writes = Math.ceil(options.writes / count);
    const run = async (seedOfPiece: number) => {
      const asked = { ...options, writes, seed: seedOfPiece };
      const report = await storm({ ...asked, problems, engines, faults, log, signal });
      console.log(options.json ? JSON.stringify(report) : `\n${summary(report)}`);
      return report;
    };
    const all = total(await runPieces({ count, seed, done, run, signal }));
    const { pieces, answers } = all;
    if (count > 1)
      log(
        `in all    ${all.writes} writes in ${pieces} pieces, ${answers} answers judged, ${all.recent_hits} of them hits on what had just changed, ${all.late_copies} requests delivered again; ${all.stale} stale, ${all.failed} failed`,
      );
    process.exitCode = all.stale + all.failed > 0 ? 1 : 0;
  },
});

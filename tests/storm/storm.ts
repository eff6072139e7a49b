import { seededRandom } from "@algoitny/cache/testing/explore";
import { type Cloud, type CloudOptions, startCloud } from "@algoitny/local/cloud";
import { createApiClient } from "@algoitny/ops/api-client";
import type { ImportedProblem } from "@algoitny/ops/import/codeforces";
import { importProblems } from "@algoitny/ops/import/import-problems";
import { createChecker, type StaleRead } from "./checker.ts";
import { anyProcess, type Desk, shuffled } from "./desk.ts";
import type { Question } from "./question.ts";
import { finalQuestions, readerQuestion } from "./questions.ts";
import { Journal, noteStamps } from "./journal.ts";
import { type KindName, kinds, writeSomething } from "./kinds.ts";
import { openDesks } from "./open-desks.ts";

/** API processes, and people who write at the same time. */
const PROCESSES = 2;
const WRITERS = ["ann", "bob", "cyd", "dan"] as const;

/** Reads of all readers together for each write, so that they neither starve nor drown the writers. */
const READS_PER_WRITE = 1;

/**
 * A list that is changed is loaded from the whole catalogue. Lists are checked after every change while the catalogue has
 * up to so many problems; with twice as many, after every second change.
 */
const PROBLEMS_FOR_EVERY_LIST = 500;

const PROGRESS_MS = 5_000;

/** A storm is about what is true, not about how much is let through. */
const UNLIMITED = { ratePerSecond: 1_000_000, burst: 1_000_000 };

export interface StormOptions {
  writes: number;
  seed: number;
  readers: number;
  problems: readonly ImportedProblem[];
  /** Reads judged after each write, by either process, of what it affects and as many of the lists: all of them unless said. */
  checks?: number | undefined;
  engines?: Pick<CloudOptions, "redis" | "dynamodb">;
  /** Folder of the functions' modules: this repository's sources unless said. */
  functions?: URL;
  /** Stands between the cache and Redis, to see whether the storm would find a fault. */
  intercept?: CloudOptions["intercept"];
  /** Ends the writing early; what was written is still checked. */
  signal?: AbortSignal;
  log?: (text: string) => void;
}

export interface StormReport {
  seed: number;
  engines: { redis: string; dynamodb: string };
  problems: number;
  /** How long it took to import them. */
  import_seconds: number;
  writes: number;
  by_kind: Record<KindName, number>;
  seconds: number;
  /** Answers that were judged: after own writes, by readers at any time, at the end. */
  answers: { own: number; reader: number; final: number };
  caches: Record<string, number>;
  stale: StaleRead[];
}

/**
 * Writes at random to a local cloud of two API processes, as several people and behind the API's back, while others read;
 * judges every answer by what was written. Ends at the first answer that is not current.
 */
export async function storm(options: StormOptions): Promise<StormReport> {
  const { log = () => {}, seed, problems, readers, signal } = options;
  const journal = new Journal();
  await using cloud = await startCloud({
    ...options.engines,
    ...(options.functions && { functions: options.functions }),
    instances: PROCESSES,
    sample: false,
    throttle: UNLIMITED,
    intercept: async (commands, run) => {
      const replies = await (options.intercept ? options.intercept(commands, run) : run());
      noteStamps(journal, commands);
      return replies;
    },
    watch: false,
    log: (entry) => {
      if (!("text" in entry)) return;
      if (entry.kind === "error" || entry.text.startsWith("error ")) log(`error     ${entry.text}`);
    },
  });
  const random = seededRandom(seed);
  const importSeconds = await importAll(cloud, problems, log);
  const desks = await openDesks(cloud, {
    writers: WRITERS,
    processes: PROCESSES,
    journal,
    random,
  });
  const [desk] = desks as [Desk];
  const { state, api } = desk;
  const checker = createChecker({ api, state, journal });
  const byKind = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0])) as Record<
    KindName,
    number
  >;
  const startMs = performance.now();
  let [begun, written, lists] = [0, 0, 0];
  const isOver = () =>
    begun >= options.writes || checker.stale.length > 0 || signal?.aborted === true;
  log(
    `writes    ${options.writes} by ${desks.length} people, ${readers} readers, ${PROCESSES} API processes, seed ${seed}`,
  );

  const some = <T>(items: readonly T[]): T[] => shuffled(desk, items).slice(0, options.checks);
  const allowance = createAllowance();
  async function work(own: Desk): Promise<void> {
    while (!isOver()) {
      begun += 1;
      const { kind, near, far } = await writeSomething(own);
      const checked = some(near);
      if (far.length > 0) {
        const every = Math.ceil(state.problems.ids.length / PROBLEMS_FOR_EVERY_LIST);
        if (lists % every === 0) checked.push(...some(far));
        lists += 1;
      }
      await Promise.all(checked.map((question) => checkTwice(question)));
      byKind[kind] += 1;
      written += 1;
      allowance.add(READS_PER_WRITE);
    }
  }
  /** By one process, which as a rule has to load it, then by the next one, which as a rule has not. */
  async function checkTwice(question: Question): Promise<void> {
    const process = anyProcess(desk);
    await checker.check(question, process, "own");
    await checker.check(question, (process + 1) % PROCESSES, "own");
  }
  async function readOn(): Promise<void> {
    while (await allowance.take())
      await checker.check(
        readerQuestion(desk, PROBLEMS_FOR_EVERY_LIST),
        anyProcess(desk),
        "reader",
      );
  }
  const told = setInterval(() => {
    const { own, reader } = checker.answers;
    const rate = Math.round(written / Math.max(1, secondsSince(startMs)));
    log(
      `progress  ${written} writes, ${rate} a second; ${own + reader} answers judged: ${shares(checker.caches)}; ${checker.stale.length} stale`,
    );
  }, PROGRESS_MS);
  try {
    const writing = Promise.all(desks.map(work)).finally(() => allowance.end());
    await Promise.all([writing, ...Array.from({ length: readers }, readOn)]).catch(
      (error: unknown) => {
        begun = Infinity; // the others come to their end
        throw error;
      },
    );
    await drain();
    await checkAll();
  } finally {
    clearInterval(told);
  }
  return {
    seed,
    engines: cloud.engines,
    problems: problems.length,
    import_seconds: importSeconds,
    writes: written,
    by_kind: byKind,
    seconds: secondsSince(startMs),
    answers: checker.answers,
    caches: checker.caches,
    stale: checker.stale,
  };

  async function drain(): Promise<void> {
    const beganMs = performance.now();
    await cloud.streams.drained();
    log(`drained   the stream ${Math.round(performance.now() - beganMs)} ms after the last write`);
  }

  /** Everything that was written to, while nothing changes. */
  async function checkAll(): Promise<void> {
    if (checker.stale.length > 0) return;
    const waiting = finalQuestions(desk).values();
    const ask = async () => {
      for (const question of waiting) await checker.check(question, anyProcess(desk), "final");
    };
    await Promise.all(Array.from({ length: readers }, ask));
    log(`verified  ${checker.answers.final} answers after the end: ${checker.stale.length} stale`);
  }
}

/** Imports the problems through the API; returns how many seconds that took. */
async function importAll(
  cloud: Cloud,
  problems: readonly ImportedProblem[],
  log: (text: string) => void,
): Promise<number> {
  const beganMs = performance.now();
  log(`importing ${problems.length} problems`);
  await importProblems(createApiClient({ url: cloud.url, token: cloud.tokens.admin }), problems);
  const seconds = secondsSince(beganMs);
  await cloud.streams.drained();
  log(
    `imported  ${problems.length} problems in ${seconds} s, over ${cloud.engines.dynamodb} and ${cloud.engines.redis}`,
  );
  return seconds;
}

const secondsSince = (beganMs: number): number =>
  Math.round((performance.now() - beganMs) / 100) / 10;

/** Permissions that are given out one by one; `take` answers false when there will be no more. */
function createAllowance() {
  let left = 0;
  let ended = false;
  const waiting: ((given: boolean) => void)[] = [];
  return {
    add(count: number) {
      left += count;
      while (left > 0 && waiting.length > 0) {
        left -= 1;
        waiting.shift()?.(true);
      }
    },
    take(): Promise<boolean> | boolean {
      if (ended) return false;
      if (left === 0) return new Promise((resolve) => waiting.push(resolve));
      left -= 1;
      return true;
    },
    end() {
      ended = true;
      for (const resolve of waiting.splice(0)) resolve(false);
    },
  };
}

function shares(caches: Record<string, number>): string {
  const sum = Object.values(caches).reduce((total, count) => total + count, 0);
  return Object.entries(caches)
    .map(([name, count]) => `${Math.round((100 * count) / sum)} % ${name}`)
    .join(", ");
}

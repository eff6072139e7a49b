import { seededRandom } from "@algoitny/cache/testing/explore";
import { type Cloud, type CloudOptions, startCloud } from "@algoitny/local/cloud";
import { createApiClient } from "@algoitny/ops/api-client";
import type { ImportedProblem } from "@algoitny/ops/import/codeforces";
import { importProblems } from "@algoitny/ops/import/import-problems";
import { PATIENT_LIMITS } from "../support/patient-limits.ts";
import { createChecker, type WrongRead } from "./checker.ts";
import { anyProcess, type Desk, StormError } from "./desk.ts";
import { errorLine } from "./error-line.ts";
import { type FaultName, faultNames, startFaultyRedis } from "./faulty-redis.ts";
import { finalQuestions } from "./questions.ts";
import { Journal, noteStamps } from "./journal.ts";
import { JustChanged } from "./just-changed.ts";
import { type KindName, kinds } from "./kinds.ts";
import { createLateCopies } from "./late-copies.ts";
import { openDesks } from "./open-desks.ts";
import { createLaggingReplica } from "./lagging-replica.ts";
import { type Mix, mixes } from "./mixes.ts";
import { createOutages } from "./outages.ts";
import { createPlant } from "./planted-bug.ts";
import { runWrites, untilReached } from "./run-writes.ts";

/** API processes, and concurrent writers. */
const PROCESSES = 2;
const WRITERS = ["ann", "bob", "cyd", "dan"] as const;

/** Number of writes within which the planted bug must be found. */
const PLANTED_WRITES = 500;

/** Highest number of faults in a run, at equal distances of at least `WRITES_PER_FAULT` writes. */
const FAULTS = 40;
const WRITES_PER_FAULT = 100;

/** A fault lasts this number of writes, or this time if it is over earlier. */
const FAULT_WRITES = 40;
const FAULT_MS = 3_000;

/** Longest time between beats, faults apart: the storm sends them, one at a time; the cloud's schedule is off. */
const BEAT_MS = 20_000;
const NEVER_MS = 365 * 86_400_000;

const PROGRESS_MS = 5_000;

/** A storm tests correctness, not throttling. */
const UNLIMITED = { ratePerSecond: 1_000_000, burst: 1_000_000 };

export interface StormOptions {
  writes: number;
  seed: number;
  readers: number;
  problems: readonly ImportedProblem[];
  /** Default: all of them. */
  mix?: Mix | undefined;
  /** Number of affected questions judged after each write, and as many of the lists. Default: all. */
  checks?: number | undefined;
  engines?: Pick<CloudOptions, "redis" | "dynamodb">;
  /** Folder of the functions' modules. Default: this repository's sources. */
  functions?: URL;
  /** Uses a separate redis-server, which becomes full, lags and becomes read-only, and restarts with an older state. */
  faults?: boolean | undefined;
  /** Ends the writing early; everything written so far is still checked. */
  signal?: AbortSignal;
  log?: (text: string) => void;
}

/** Time until functions use a Redis again after a fault: the breaker's 5 s, and as much for a busy machine. */
const RECOVERY_MS = 10_000;

export interface StormReport {
  seed: number;
  engines: { redis: string; dynamodb: string };
  problems: number;
  /** Duration of their import. */
  import_seconds: number;
  /** Number of writes until the dropped invalidation rule was detected, and the answer that showed it. */
  planted: { writes: number; found: WrongRead };
  writes: number;
  by_kind: Record<KindName, number>;
  seconds: number;
  /** Judged answers: after own writes, by readers at any time, at the end. */
  answers: { own: number; reader: number; final: number };
  caches: Record<string, number>;
  /** Of the answers before the end, hits on data that was changed less than a second before. */
  recent_hits: number;
  /** Requests that Redis received twice, and the number of each other fault. */
  late_copies: number;
  faults: Record<FaultName, number>;
  stale: WrongRead[];
  /** 5xx answers. */
  failed: WrongRead[];
}

/**
 * Makes random writes to a local cloud of two API processes, through the API and directly in the table, with concurrent
 * readers; judges every answer by the writes. Begins with a planted bug, which has to be found, and ends at a wrong answer.
 */
export async function storm(options: StormOptions): Promise<StormReport> {
  const { log = () => {}, seed, problems, readers, signal, checks } = options;
  const { mix = mixes.everything } = options;
  const journal = new Journal();
  const plant = createPlant(mix.dropped);
  const replica = createLaggingReplica();
  let faulting = false;
  let recoveredMs = 0;
  using copies = createLateCopies(seededRandom(seed + 1));
  await using redis = options.faults ? await startFaultyRedis() : undefined;
  await using cloud = await startCloud({
    ...options.engines,
    ...(redis && { redis: { url: redis.url } }),
    ...(options.functions && { functions: options.functions }),
    instances: PROCESSES,
    sample: false,
    throttle: UNLIMITED,
    limits: PATIENT_LIMITS,
    beatMs: NEVER_MS,
    intercept: (commands, run) =>
      plant.intercept(commands, async (sent = commands) => {
        const replies = await copies.intercept(sent, () =>
          replica.intercept(sent, () => run(sent)),
        );
        noteStamps(journal, sent);
        return replies;
      }),
    watch: false,
    log: (entry) => {
      const line = errorLine(entry);
      if (line !== undefined && !faulting) log(line);
    },
  });
  const random = seededRandom(seed);
  const importSeconds = await importAll(cloud, problems, log);
  const desks = await openDesks(cloud, {
    writers: WRITERS,
    processes: PROCESSES,
    journal,
    random,
    mix,
    mayRefuse: () => faulting || performance.now() < recoveredMs,
  });
  const [desk] = desks as [Desk];
  const { state, api } = desk;
  const outages = createOutages(state.moments);
  const justChanged = new JustChanged();
  const checker = createChecker({ api, state, journal, outages, justChanged });
  const byKind = countersOf(Object.keys(kinds) as KindName[]);
  const faults = countersOf(faultNames);
  const common = { desks, checker, justChanged, checks };

  const planted = await findPlanted();
  const startMs = performance.now();
  let written = 0;
  const over = new AbortController();
  log(
    `writes    ${options.writes} by ${desks.length} people, ${readers} readers, ${PROCESSES} API processes, seed ${seed}`,
  );
  const progress = setInterval(() => {
    const { own, reader } = checker.answers;
    const rate = Math.round(written / Math.max(1, secondsSince(startMs)));
    log(
      `progress  ${written} writes, ${rate} a second; ${own + reader} answers judged: ${shares(checker.caches)}, ${percent(checker.recentHits, own + reader)} hits on what had just changed; ${checker.stale.length} stale`,
    );
  }, PROGRESS_MS);
  try {
    const writing = runWrites({
      ...common,
      readers,
      writes: options.writes,
      isInterrupted: () => signal?.aborted === true,
      onWritten(kind) {
        byKind[kind] += 1;
        written += 1;
      },
    }).finally(() => over.abort());
    await Promise.all([writing, runFaults()]);
    await drain();
    await checkAll();
  } catch (error) {
    // A later failure must not hide the answer that ended the storm.
    if (!checker.isWrong()) throw error;
    log(`failed    ${String(error)}`);
  } finally {
    over.abort();
    clearInterval(progress);
  }
  return {
    seed,
    engines: cloud.engines,
    problems: problems.length,
    import_seconds: importSeconds,
    planted,
    writes: written,
    by_kind: byKind,
    seconds: secondsSince(startMs),
    answers: checker.answers,
    caches: checker.caches,
    recent_hits: checker.recentHits,
    late_copies: copies.delivered(),
    faults,
    stale: checker.stale,
    failed: checker.failed,
  };

  /** Drops a rule until an answer shows it, then starts again with an empty cache. */
  async function findPlanted(): Promise<StormReport["planted"]> {
    let writes = 0;
    plant.planted = true;
    await runWrites({
      ...common,
      readers: 0,
      writes: PLANTED_WRITES,
      isInterrupted: () => signal?.aborted === true,
      onWritten: () => (writes += 1),
    });
    plant.planted = false;
    const [found] = checker.stale.splice(0);
    const [failed] = checker.failed;
    if (failed !== undefined)
      throw new StormError(`${failed.question} ${failed.wrong}; seed ${seed}`);
    if (found === undefined)
      throw new StormError(`the planted bug was not found within ${writes} writes; seed ${seed}`);
    log(`planted   a bug, found after ${writes} writes: ${found.question} ${found.wrong}`);
    await api.send("POST", "/api/ops/cache/clear/", desk.admin, 0, {});
    checker.reset();
    return { writes, found };
  }

  /** Sends beats, and runs one fault after the other, during the writes. */
  async function runFaults(): Promise<void> {
    const every = Math.max(WRITES_PER_FAULT, Math.ceil(options.writes / FAULTS));
    const pause = () => untilReached(() => written, written + FAULT_WRITES, FAULT_MS);
    let round = 0;
    while (!over.signal.aborted) {
      const goal = (round + 1) * every;
      await untilReached(() => (over.signal.aborted ? Infinity : written), goal, BEAT_MS);
      if (over.signal.aborted) return;
      await cloud.scheduler.fire("Beat");
      if (redis === undefined || written < goal) continue;
      const name = faultNames[round % faultNames.length] as FaultName;
      faulting = true;
      await redis.fault(name, cloud, { outages, moments: state.moments, replica, pause });
      faulting = false;
      recoveredMs = performance.now() + RECOVERY_MS;
      faults[name] += 1;
      log(`fault     Redis ${name}, at ${written} writes`);
      round += 1;
    }
  }

  async function drain(): Promise<void> {
    const beganMs = performance.now();
    await cloud.streams.drained();
    log(`drained   the stream ${Math.round(performance.now() - beganMs)} ms after the last write`);
  }

  /** Checks everything that was written, while nothing changes. */
  async function checkAll(): Promise<void> {
    if (checker.isWrong()) return;
    const waiting = finalQuestions(desk).values();
    const ask = async () => {
      for (const question of waiting) await checker.check(question, anyProcess(desk), "final");
    };
    await Promise.all(Array.from({ length: readers }, ask));
    log(`verified  ${checker.answers.final} answers after the end: ${checker.stale.length} stale`);
  }
}

function countersOf<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/** Imports the problems through the API; returns the duration in seconds. */
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

function shares(caches: Record<string, number>): string {
  const sum = Object.values(caches).reduce((total, count) => total + count, 0);
  return Object.entries(caches)
    .map(([name, count]) => `${percent(count, sum)} ${name}`)
    .join(", ");
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / Math.max(1, whole))} %`;
}

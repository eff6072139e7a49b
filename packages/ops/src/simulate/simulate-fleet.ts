import { Cache, type LoadReads } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { VirtualClock } from "@algoitny/cache/testing";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { searchHistory } from "@algoitny/core/history/history.resources";
import { rememberPages } from "@algoitny/core/problem/problem-pages";
import { DEFAULT_PAGE_SIZE, type ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { problemDetail, problemList } from "@algoitny/core/problem/problem.resources";
import { cachedParts } from "@algoitny/core/problem/cached-parts";
import { createCatalogueReader, partOptions } from "@algoitny/core/problem/read-catalogue";
import type { Source } from "@algoitny/core/source";
import type { Change } from "@algoitny/core/table/entities";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { userStats } from "@algoitny/core/user/user.resources";
import { views } from "@algoitny/core/views";
import { arrivals, type Random } from "../load/arrivals.ts";
import { type Counts, countedStore, noCounts } from "./counted-store.ts";
import { LoadsInOrder } from "./loads-in-order.ts";
import { drawsOf, type Happening, type Read } from "./draw-reads.ts";
import type { Scenario } from "./scenarios.ts";
import { STREAM_DELAY_MS } from "./scenarios.ts";
import { createSite, subOf, tagsOf } from "./simulated-site.ts";

/** Cost of one second of a scenario. */
export interface Columns {
  /** Share of the reads that cost no request to the database, 0 to 1. */
  hits: number;
  loads: number;
  commands: number;
  readUnits: number;
  /** Megabytes that Redis sends. */
  megabytes: number;
}

export interface Run {
  scenario: Scenario;
  columns: Columns;
  /** Failed reads and invalidations: 0 unless something is wrong. */
  failures: number;
}

export interface Window {
  /** Warm-up time, and counted time. */
  warmUpMs: number;
  countedMs: number;
  seed: number;
  onProgress?: (ms: number) => void;
}

/** Records of the stream that its consumer takes at a time. */
const BATCH = 1_000;

/** Runs a fleet over one store, on a virtual clock: each process has a cache like the functions. */
export async function simulateFleet(
  scenario: Scenario,
  { warmUpMs, countedMs, seed, onProgress = () => {} }: Window,
): Promise<Run> {
  await loadModules();
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const counts = noCounts();
  // A load's value is compressed by a thread, which the virtual clock must not overtake.
  const loads = new LoadsInOrder();
  const store = countedStore({ counts, now: clock.now, loads });
  const site = createSite(scenario.problems, {
    counts,
    sleep: clock.sleep,
    onLoaded: () => loads.begin(),
  });
  // Each process has a separate random source: the number of its draws must not change the arrivals.
  const openProcess = (_: unknown, index: number) =>
    createProcess({
      store,
      clock,
      random: seededRandom(seed + index + 1),
      tables: site.tables,
      onPage: () => loads.begin(),
    });
  const processes = Array.from({ length: scenario.processes }, openProcess);
  const anyProcess = () => processes[Math.floor(random() * processes.length)] as Process;

  let [reads, misses, failures] = [0, 0, 0];
  const under = new Set<Promise<unknown>>();
  const start = (work: Promise<unknown>) => {
    const ended = work.catch(() => (failures += 1)).finally(() => under.delete(ended));
    under.add(ended);
  };
  const ask = async (read: Read) => {
    const process = anyProcess();
    reads += 1;
    if ((await process.read(read)) > 0) misses += 1;
  };
  let streamed: Change[] = [];
  let nextBatchMs = clock.now() + STREAM_DELAY_MS;
  const write = (changes: Change[]) => {
    streamed.push(...changes);
    return anyProcess().cache.invalidate(...tagsOf(changes));
  };
  const happen = (event: Happening) => {
    if (event.kind === "execution") return write(site.execute(event.problem, event.viewer));
    if (event.kind === "edit") return write(site.rename(event.problem));
    return event.kind === "import" ? write(site.add()) : ask(event);
  };

  const startMs = clock.now();
  let before: Counts = noCounts();
  const { perSecond, draw } = drawsOf(scenario, () => site.last);
  const durationMs = warmUpMs + countedMs;
  for (const atMs of arrivals({ perSecond, durationMs }, random)) {
    await clock.advance(startMs + atMs - clock.now());
    await loads.settle();
    if (atMs >= warmUpMs && before.commands === 0) {
      before = { ...counts };
      [reads, misses] = [0, 0];
    }
    if (clock.now() >= nextBatchMs) {
      nextBatchMs = clock.now() + STREAM_DELAY_MS;
      for (; streamed.length > 0; streamed = streamed.slice(BATCH))
        start(anyProcess().cache.invalidate(...tagsOf(streamed.slice(0, BATCH))));
    }
    start(happen(draw(random)));
    onProgress(atMs);
  }
  const after = { ...counts };
  for (; under.size > 0; await clock.advance(STREAM_DELAY_MS)) await loads.settle();

  const aSecond = (name: keyof Counts) => ((after[name] - before[name]) * 1_000) / countedMs;
  const columns = {
    hits: 1 - misses / Math.max(1, reads),
    loads: aSecond("loads"),
    commands: aSecond("commands"),
    readUnits: aSecond("readUnits"),
    megabytes: aSecond("bytes") / 1e6,
  };
  return { scenario, columns, failures };
}

type Process = ReturnType<typeof createProcess>;

/**
 * Reads one item of each kind at virtual time zero: otherwise modules that load on first use would load at arbitrary
 * virtual times.
 */
async function loadModules(): Promise<void> {
  const clock = new VirtualClock();
  const counts = noCounts();
  const ignore = () => {};
  const site = createSite(1, { counts, sleep: async () => {}, onLoaded: ignore });
  const store = countedStore({ counts, now: clock.now, loads: new LoadsInOrder() });
  const { tables } = site;
  const [first, second] = [1, 2].map(() =>
    createProcess({ store, clock, random: seededRandom(1), tables, onPage: ignore }),
  ) as [Process, Process];
  for (const process of [first, second]) {
    await process.read({ kind: "list", query: {} });
    await process.read({ kind: "search", query: { search: "graph" } });
    await process.read({ kind: "detail", problem: 1 });
    await process.read({ kind: "testCases", problem: 1 });
    await process.read({ kind: "history", viewer: undefined });
    await process.read({ kind: "stats", viewer: 1 });
    await process.cache.invalidate(...tagsOf(site.rename(1)));
  }
}

/** A process of the API: it reads through its cache, with its own memory of the catalogue. */
function createProcess({
  store,
  clock,
  random,
  tables,
  onPage,
}: {
  store: Store;
  clock: VirtualClock;
  random: Random;
  tables: (reads?: LoadReads) => ReturnType<Source["tables"]>;
  /** Called when the catalogue for a page that is to be stored has been read. */
  onPage: () => void;
}) {
  const cache = new Cache({ store, clock, random, token: tokensFrom(random), resources: views });
  const readCatalogue = createCatalogueReader(random, clock.now);
  const pages = rememberPages({ lifeMs: problemList.freshMs, now: clock.now });

  /** A source that counts the database requests of one read. */
  function openSource() {
    const count = { loads: 0 };
    const counted = (reads?: LoadReads) => () => {
      count.loads += 1;
      return tables(reads);
    };
    const source: Source = {
      tables: counted(),
      recorded: (reads) => ({ ...source, tables: counted(reads) }),
      catalogue: () => readCatalogue(cachedParts(cache, { source, ...ONE_BY_ONE })),
    };
    return { count, source };
  }

  async function throughCache(read: (source: Source) => Promise<unknown>) {
    const { source, count } = openSource();
    await read(source);
    return count.loads;
  }

  async function listed(query: ProblemListQuery) {
    return throughCache((source) => {
      if (!pages.areWanted(query)) return pages.compute(query, source);
      const catalogue = () => source.catalogue().finally(onPage);
      return cache.getEntry(problemList, query, { source: { ...source, catalogue } });
    });
  }

  return {
    cache,
    /** Answers a read like its endpoint, and returns the number of loads. */
    read(read: Read): Promise<number> {
      if (read.kind === "list" || read.kind === "search")
        return listed({
          platform: undefined,
          search: undefined,
          page: 1,
          ...read.query,
          page_size: DEFAULT_PAGE_SIZE,
        });
      return throughCache((source) => {
        if (read.kind === "detail")
          return cache.getEntry(problemDetail, { id: read.problem, admin: false }, { source });
        if (read.kind === "testCases")
          return cache.getEntry(testCaseList, { problem: read.problem, admin: false }, { source });
        if (read.kind === "stats")
          return cache.getEntry(userStats, { sub: subOf(read.viewer) }, { source });
        const { viewer: number } = read as Extract<Read, { kind: "history" }>;
        const viewer = number === undefined ? undefined : subOf(number);
        const page = { offset: 0, limit: 20, my_only: false, viewer };
        return cache.getEntry(searchHistory, page, { source });
      });
    },
  };
}

/**
 * Functions load two parts of the catalogue at a time, and store them when both have been loaded. Here that would never
 * end: the virtual clock waits until the first is stored, and the load of the second needs the clock.
 */
const ONE_BY_ONE = { ...partOptions(), atOnce: 1 };

/** Characters of a token, as the cache draws it. */
const TOKEN_LENGTH = 22;

/** Draws the tokens of a process from its own source, so that the same seed gives the same ones. */
function tokensFrom(random: Random): () => string {
  const digit = () => Math.floor(random() * 36).toString(36);
  return () => Array.from({ length: TOKEN_LENGTH }, digit).join("");
}

import { PROBLEMS_PER_PARTITION } from "@algoitny/core/table/keys";
import { toMs } from "@algoitny/cache";
import { TTL, type TtlClass } from "@algoitny/core/ttl";
import { LISTED, pagesOf, zipfShares } from "./draw-reads.ts";
import {
  CONTEST_PROBLEMS,
  EXPONENTS,
  PLATFORMS,
  READ_SHARES,
  type Scenario,
  SIGNED_IN,
  STREAM_DELAY_MS,
  VIEWERS,
} from "./scenarios.ts";
import type { Columns } from "./simulate-fleet.ts";
import { type LoadKind, LOADS } from "./simulated-site.ts";

/** Keys with the same rates: their number, and the reads and invalidations (`bumps`) of each key per second. */
interface KeyClass {
  readonly keys: number;
  readonly reads: number;
  readonly bumps: number;
  readonly load: LoadKind | "page";
  /**
   * Seconds for which an entry survives invalidations while its key is hot, that is, loaded more than once in this
   * time.
   */
  readonly toleratedSeconds?: number;
}

/** In a contest the shared page of the public feed is hot: its entry survives invalidations for 1 s. */
const HOT_FEED_SECONDS = 1;

/** Seconds since the fleet began with an empty Redis. */
export interface Span {
  from: number;
  to: number;
}

const STREAM_BATCHES = 1_000 / STREAM_DELAY_MS;

/**
 * Batches of the stream per second that contain a tag which the API invalidates at this rate; each of them invalidates it
 * once more.
 */
const batches = (bumps: number): number => STREAM_BATCHES * (1 - Math.exp(-bumps / STREAM_BATCHES));

const lifetimes: Record<KeyClass["load"], TtlClass> = {
  extent: "PROBLEM_SEGMENT",
  segment: "PROBLEM_SEGMENT",
  detail: "PROBLEM_DETAIL",
  testCases: "TEST_CASES",
  history: "SEARCH_HISTORY",
  stats: "USER_STATS",
  page: "PROBLEM_LIST",
};

/**
 * Loads of one key per second. A valid key becomes invalid by an invalidation or its expiry (μ per second); a read makes
 * an invalid key valid, unless an invalidation comes during its load. Long after the start this gives l = r·μ/(r·s + μ),
 * where r is the rate of reads, and s the share of loads that are stored; because readers wait for a load in progress, the
 * rate is l/(1 + l·load time).
 */
function loadsOf(
  { reads, bumps, load, toleratedSeconds = 0 }: KeyClass,
  { from, to }: Span,
): number {
  const lifeSeconds = toMs(TTL[lifetimes[load]]) / 1_000;
  const changes = bumps + batches(bumps);
  const ends = changes + (to > lifeSeconds ? 1 / lifeSeconds : 0);
  const loadSeconds = load === "page" ? 0 : LOADS[load].ms / 1_000;
  const filling = reads * Math.exp(-changes * loadSeconds);
  const speed = filling + ends;
  const atRest = ends / speed;
  const sinceStart = (Math.exp(-speed * from) - Math.exp(-speed * to)) / (speed * (to - from));
  const invalid = atRest + (1 - atRest) * sinceStart;
  // Readers that arrive during a load wait for it.
  const exact = (reads * invalid) / (1 + reads * invalid * loadSeconds);
  // While the key is hot, the first read after the tolerated time loads it.
  return toleratedSeconds === 0 ? exact : Math.min(exact, 1 / (toleratedSeconds + 1 / reads));
}

/**
 * First reads of a key per second: no entry names the tags of a recorded view yet, so that the load asks for their stamps by a
 * further command.
 */
const firstReadsOf = ({ reads }: KeyClass, { from, to }: Span): number =>
  (Math.exp(-reads * from) - Math.exp(-reads * to)) / (to - from);

function keyClasses(scenario: Scenario): KeyClass[] {
  const { reads, problems, executions, contestShare, edits, imports, processes } = scenario;
  const classes: KeyClass[] = [];
  const drawn = zipfShares(problems, EXPONENTS.problem);
  const sum = drawn.reduce((all, share) => all + share);
  const plain = 1 - contestShare;
  for (const each of drawn) {
    const share = each / sum;
    const bumps = edits / problems + executions * plain * share;
    const details = reads * READ_SHARES.detail * plain * share;
    classes.push({ keys: 1, reads: details, bumps, load: "detail" });
    const cases = reads * READ_SHARES.testCases * share;
    classes.push({ keys: 1, reads: cases, bumps: 0, load: "testCases" });
  }
  if (contestShare > 0)
    classes.push({
      keys: CONTEST_PROBLEMS,
      reads: (reads * READ_SHARES.detail * contestShare) / CONTEST_PROBLEMS,
      bumps: (executions * contestShare) / CONTEST_PROBLEMS,
      load: "detail",
    });
  const history = reads * READ_SHARES.history;
  const people = { keys: VIEWERS, bumps: executions };
  const shared = { keys: 1, bumps: executions, toleratedSeconds: HOT_FEED_SECONDS } as const;
  classes.push({ ...shared, reads: history * (1 - SIGNED_IN), load: "history" });
  classes.push({ ...people, reads: (history * SIGNED_IN) / VIEWERS, load: "history" });
  const stats = { reads: (reads * READ_SHARES.stats) / VIEWERS, bumps: executions / VIEWERS };
  classes.push({ keys: VIEWERS, ...stats, load: "stats" });

  const searches = searchesOf(scenario);
  const partitions = Math.floor(problems / PROBLEMS_PER_PARTITION) + 1;
  const segment = { reads: searches, load: "segment" } as const;
  classes.push({ ...segment, keys: partitions, bumps: edits / partitions });
  classes.push({ ...segment, keys: 1, bumps: edits + imports, load: "extent" });
  if (imports > 0) classes.push({ ...segment, keys: 1, bumps: imports });
  const platforms = zipfShares(LISTED.length, EXPONENTS.platform);
  const ofAll = platforms.reduce((all, share) => all + share);
  for (const [place, platform] of LISTED.entries()) {
    const pages = zipfShares(pagesOf(problems, platform), EXPONENTS.page);
    const ofPlatform = pages.reduce((all, share) => all + share);
    const part = platform === undefined ? 1 : sharedBy(platform) / PLATFORMS.length;
    const bumps = (edits + imports) * part;
    for (const page of pages)
      classes.push({
        keys: 1,
        reads:
          (reads * READ_SHARES.list * (platforms[place] as number) * page) / (ofAll * ofPlatform),
        bumps,
        load: "page",
      });
  }
  return processes > 0 ? classes : [];
}

/** Number of platforms whose lists share this platform's tag, itself included: each of the two largest has its own tag. */
const sharedBy = (platform: string): number =>
  PLATFORMS.indexOf(platform) < 2 ? 1 : PLATFORMS.length - 2;

/** Searches per second: each needs the catalogue. */
const searchesOf = ({ reads, madeUpSearches }: Scenario): number =>
  reads * READ_SHARES.search + madeUpSearches;

/** Columns of a scenario by the formulas of docs/scale.md; bytes are not predicted. */
export function predict(scenario: Scenario, span: Span): Omit<Columns, "megabytes"> {
  let [loads, firsts, pages, readUnits] = [0, 0, 0, 0];
  for (const each of keyClasses(scenario)) {
    const own = each.keys * loadsOf(each, span);
    if (each.load === "page") pages += own;
    else {
      loads += own;
      readUnits += own * LOADS[each.load].units;
      if (each.load === "detail") firsts += each.keys * firstReadsOf(each, span);
    }
  }
  const { reads, madeUpSearches, executions, edits, imports, processes } = scenario;
  const changes = executions + edits + imports;
  const requests = reads + madeUpSearches;
  const ofCatalogue = edits + imports + batches(edits + imports);
  const each = (searchesOf(scenario) + pages) / processes;
  const changed = 1 - Math.exp(-ofCatalogue / each);
  // A process that meets a change asks for the leases of the extent and of the segment, after a look at the extent alone unless
  // its read before found a change too.
  const meeting = processes * each * changed * (3 - changed);
  const commands = requests + 2 * loads + firsts + 3 * pages + changes + batches(changes) + meeting;
  return { hits: 1 - loads / requests, loads, commands, readUnits };
}

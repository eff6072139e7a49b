import { Cache, MemoryStore, type Tag, type VerifyTask } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { cachedParts } from "@algoitny/core/problem/cached-parts";
import { createCatalogueReader } from "@algoitny/core/problem/read-catalogue";
import type { Source } from "@algoitny/core/source";
import { type StreamRecord, toChange } from "@algoitny/core/table/change";
import type { Tables } from "@algoitny/core/tables";
import { uncached } from "@algoitny/core/uncached";
import { viewNamed, views } from "@algoitny/core/views";
import { widestTags } from "@algoitny/functions/invalidation/stream-record";
import { verifyThrough } from "@algoitny/functions/verifying/sample-hits";
import { staleFrom } from "@algoitny/functions/verifying/verify-batch";
import { setup } from "../../core/support/fixtures.ts";
import { ruled } from "../../core/support/ruled-views.ts";
import { type View, VIEWS } from "../../core/soundness/random-views.ts";
import { readTable, recordsOf } from "../../core/soundness/records.ts";
import { begin, type Write } from "../../core/soundness/writes.ts";

type Rules = NonNullable<Parameters<typeof tagsFor>[1]>;

/** Longest delay of the stream, in ms. */
const LAG_MS = 3_000;

/** Setting for checks a minute. A process makes a tenth of them: this one, which stands for a whole stage, makes 600. */
const PER_MINUTE = 6_000;

/** Verdicts so far. */
export interface Verdicts {
  agrees: number;
  overtaken: number;
  suspect: number;
  /** Keys of the hits that count as stale, with the time of the verdict. */
  stale: { key: string; atMs: number }[];
}

/** A site on a clock that tests move, whose hits are checked as in a deployment. */
export interface MonitoredSite extends AsyncDisposable {
  clock: VirtualClock;
  random: () => number;
  tables: Tables;
  verdicts: Verdicts;
  /** Makes a write, through the API or without it; the stream delivers it later. Default for the rules: all. */
  write(write: Write, rules?: Rules): Promise<void>;
  read(view: View | undefined): Promise<void>;
  /** Advances the clock, and runs everything that is due by then. */
  pass(ms: number): Promise<void>;
}

export async function startSite(seed: number): Promise<MonitoredSite> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 29));
  const app = await setup({ now: clock.now });
  const random = seededRandom(seed);
  let waiting: { atMs: number; run: () => Promise<unknown> }[] = [];
  const later = (ms: number, run: () => Promise<unknown>) =>
    void waiting.push({ atMs: clock.now() + ms, run });
  const verdicts: Verdicts = { agrees: 0, overtaken: 0, suspect: 0, stale: [] };
  const plain = uncached(async () => app.tables);
  const cache: Cache = new Cache({
    store: new MemoryStore({ now: clock.now }),
    clock,
    random,
    resources: views.map((view) => ruled(view)),
    verify: verifyThrough({
      url: "",
      perMinute: PER_MINUTE,
      now: clock.now,
      send: async ({ body, delaySeconds = 0 }) =>
        later(delaySeconds * 1_000, () => check(JSON.parse(body) as VerifyTask)),
    }),
  });
  const source = cachedSource(cache, app.tables, random);

  async function check(task: VerifyTask): Promise<void> {
    // An unreadable value cannot be checked.
    const judgement = await cache.runVerifyTask(task, { source: plain }).catch(() => undefined);
    const view = viewNamed(task.resource);
    if (judgement === undefined || view === undefined) return;
    const { verdict, windowMs } = judgement;
    if (verdict !== "stale") verdicts[verdict] += 1;
    else if (windowMs >= staleFrom(view)) verdicts.stale.push({ key: task.key, atMs: clock.now() });
  }

  const invalidate = async (tags: readonly Tag[]) => cache.invalidate(tags);
  await begin(app.tables);
  let items = await readTable(app.table.db);
  return {
    clock,
    random,
    tables: app.tables,
    verdicts,
    async write(write, rules) {
      // A refused write changes nothing.
      const written = await write(app.tables, app.table.db).catch(() => undefined);
      await invalidate(tagsFor(written?.changes ?? [], rules));
      const after = await readTable(app.table.db);
      for (const record of recordsOf(items, after))
        later(random() * LAG_MS, () => invalidate(tagsOf(record, rules)));
      items = after;
    },
    read: async (view) => void (await view?.readThrough(cache, source).catch(() => undefined)),
    async pass(ms) {
      clock.jump(ms);
      const due = waiting.filter(({ atMs }) => atMs <= clock.now());
      waiting = waiting.filter(({ atMs }) => atMs > clock.now());
      for (const { run } of due) await run();
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** Reads a random view, and lets half a second pass. */
export async function readAny(site: MonitoredSite): Promise<void> {
  await site.read(VIEWS[Math.floor(site.random() * VIEWS.length)]);
  await site.pass(500);
}

/** Tags that the stream function invalidates for a record by these rules. */
function tagsOf(record: StreamRecord, rules: Rules | undefined): readonly Tag[] {
  try {
    return tagsFor([toChange(record)], rules);
  } catch {
    return widestTags(record) ?? views.map(({ tag }) => tag);
  }
}

/** A source whose catalogue is read through the cache, as requests read it. */
function cachedSource(cache: Cache, tables: Tables, random: () => number): Source {
  const read = createCatalogueReader(random);
  const source: Source = {
    tables: async () => tables,
    catalogue: () => read(cachedParts(cache, { source })),
  };
  return source;
}

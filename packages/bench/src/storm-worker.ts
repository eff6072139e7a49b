import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { openLoop } from "./measure.ts";
import type { Place } from "./rivals/rival.ts";
import { loadAdapters } from "./subjects.ts";

/** Input of a storm's thread. A thread loads its own modules, like a process. */
export interface StormData {
  readonly adapter: string;
  readonly place: Place;
  readonly seconds: number;
  readonly readsPerSecond: number;
  /** 0 for a thread that only reads. */
  readonly writesPerSecond: number;
  readonly loadMs: number;
  /** Version of each key in the origin. */
  readonly written: Int32Array;
  /** Highest version of each key whose invalidation has returned. */
  readonly confirmed: Int32Array;
}

export interface StormOutcome {
  readonly reads: number;
  readonly stale: number;
  readonly loads: number;
}

const { adapter, place, written, confirmed, ...data } = workerData as StormData;
const found = (await loadAdapters()).get(adapter);
if (found === undefined) throw new Error(`no adapter "${adapter}"`);
const subject = await found.open(place);
const keys = written.length;
let loads = 0;

async function write(index: number): Promise<void> {
  const key = (index * 7) % keys;
  const version = Atomics.add(written, key, 1) + 1;
  await (subject.invalidateTags?.([`tag${key}`]) ?? subject.remove(`key${key}`));
  // Invalidations of one key may return in another order than that of their versions.
  if (version > Atomics.load(confirmed, key)) Atomics.store(confirmed, key, version);
}

async function read(index: number): Promise<boolean> {
  const key = (index * 3) % keys;
  const least = Atomics.load(confirmed, key);
  const value = await subject.get(`key${key}`, [`tag${key}`], async () => {
    loads += 1;
    const version = Atomics.load(written, key);
    await sleep(data.loadMs);
    return version;
  });
  return (value as number) < least;
}

const { seconds, readsPerSecond, writesPerSecond } = data;
const [reads] = await Promise.all([
  openLoop({ perSecond: readsPerSecond, seconds }, read),
  openLoop({ perSecond: writesPerSecond, seconds }, write),
]);
await subject.close();
const answered = reads.filter(({ value }) => value !== undefined);
const stale = answered.filter(({ value }) => value).length;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage({ reads: answered.length, stale, loads } satisfies StormOutcome);

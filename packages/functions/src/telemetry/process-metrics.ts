import type { MetricName } from "./metrics.ts";
import type { Observer } from "./observe.ts";

/** Measurements of a process; the default reads those of this one. */
export interface ProcessFacts {
  /** Since the process began, in milliseconds. */
  uptimeMs: () => number;
  /** Memory that the process holds now. */
  memoryBytes: () => number;
}

/** Shortest interval between two readings of a process's memory: each costs a hit a twentieth of its processor time. */
const READ_EVERY_MS = 1_000;

/** Reads a process's memory, at most once a second: in between it returns the last reading. */
export function memoryReader(
  read: () => number = () => process.memoryUsage.rss(),
  nowMs: () => number = () => performance.now(),
): () => number {
  let last = { atMs: -Infinity, bytes: 0 };
  return () => {
    const atMs = nowMs();
    if (atMs - last.atMs >= READ_EVERY_MS) last = { atMs, bytes: read() };
    return last.bytes;
  };
}

const OWN_FACTS: ProcessFacts = {
  uptimeMs: () => performance.now(),
  memoryBytes: memoryReader(),
};

/** Growth of memory that is reported again: a process reports about ten times in its lifetime. */
const GROWTH = 1.1;

const MEGABYTE = 1024 * 1024;

/**
 * Adds the process's own metrics to an observer: with the first invocation the cold start and the time until modules
 * were evaluated, and memory as it grows. Lambda's own lines contain the same and are not logged in production.
 */
export function withProcessMetrics(
  observer: Observer,
  { uptimeMs, memoryBytes }: ProcessFacts = OWN_FACTS,
): Observer {
  let initMs: number | undefined;
  // Taken at module evaluation, not at the first call: a provisioned environment waits in between.
  queueMicrotask(() => (initMs = uptimeMs()));
  let isCold = true;
  let reportedBytes = 0;

  function report(): void {
    const values: Partial<Record<MetricName, number>> = {};
    if (isCold) Object.assign(values, { ColdStarts: 1, InitMs: initMs ?? uptimeMs() });
    isCold = false;
    const bytes = memoryBytes();
    if (bytes >= reportedBytes * GROWTH) {
      reportedBytes = bytes;
      values.MemoryMb = bytes / MEGABYTE;
    }
    observer.publishForService(values);
  }

  return {
    ...observer,
    observe: (observed, run) => observer.observe(observed, run).finally(report),
  };
}

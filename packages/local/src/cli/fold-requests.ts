import type { RequestEntry } from "../log-entry.ts";

/**
 * Token bucket of the lines that are printed singly: its size, and its refill per second. It suffices for a user's commands and
 * for the loading of a page.
 */
const LINES_AT_ONCE = 10;
const LINES_PER_SECOND = 2;

/**
 * Interval of the check for the end of a burst. A burst ends with a second without requests, or with 10 s in which at
 * most `LINES_AT_ONCE` requests succeeded.
 */
const CHECK_EVERY_MS = 1_000;

/** Time between two summaries of a burst. */
const SUMMARY_EVERY_MS = 10_000;

export interface FoldOptions {
  /** Prints a request's own line. */
  onRequest: (entry: RequestEntry) => void;
  /** Prints a summary of the requests that were not printed singly. */
  onSummary: (text: string) => void;
  nowMs?: () => number;
  later?: (ms: number, run: () => void) => void;
}

/**
 * Summarises bursts of requests: while more come than anyone can read, it prints a summary every 10 s. Failed requests (400
 * and above) are still printed singly.
 */
export function createRequestFolder({
  onRequest,
  onSummary,
  nowMs = () => performance.now(),
  later = (ms, run) => void setTimeout(run, ms).unref(),
}: FoldOptions) {
  let credit = LINES_AT_ONCE;
  let creditAtMs = nowMs();
  let folded: RequestEntry[] | undefined;
  let lastRequestMs = 0;
  let lastSummaryMs = 0;

  function takeCredit(): boolean {
    const earned = ((nowMs() - creditAtMs) / 1_000) * LINES_PER_SECOND;
    credit = Math.min(LINES_AT_ONCE, credit + earned);
    creditAtMs = nowMs();
    if (credit < 1) return false;
    credit -= 1;
    return true;
  }

  function flush(): void {
    const [first, second] = folded ?? [];
    if (second !== undefined) onSummary(summaryOf(folded ?? []));
    else if (first !== undefined) onRequest(first);
    folded = undefined;
  }

  function check(): void {
    if (folded === undefined) return;
    const isQuiet = nowMs() - lastRequestMs >= CHECK_EVERY_MS;
    const isDue = nowMs() - lastSummaryMs >= SUMMARY_EVERY_MS;
    const isOver = isQuiet || (isDue && folded.length <= LINES_AT_ONCE);
    if (isOver || isDue) {
      flush();
      lastSummaryMs = nowMs();
    }
    if (isOver) credit = LINES_AT_ONCE;
    else {
      folded ??= [];
      later(CHECK_EVERY_MS, check);
    }
  }

  return {
    add(entry: RequestEntry): void {
      lastRequestMs = nowMs();
      if (entry.status >= 400) onRequest(entry);
      else if (folded !== undefined) folded.push(entry);
      else if (takeCredit()) onRequest(entry);
      else {
        folded = [entry];
        lastSummaryMs = nowMs();
        later(CHECK_EVERY_MS, check);
      }
    },
    /** Prints the summary of the requests that are not printed yet, and ends the burst. */
    flush,
  };
}

/** `412 requests: 380 POST 201, 32 GET 200 (91% hit), 760 tags invalidated`. */
function summaryOf(entries: readonly RequestEntry[]): string {
  const groups = Map.groupBy(entries, ({ method, status }) => `${method} ${status}`);
  const parts = [...groups]
    .toSorted(([, left], [, right]) => right.length - left.length)
    .map(([name, group]) => `${group.length} ${name}${hitShare(group)}`);
  const tags = entries.reduce((sum, { invalidatedTags = 0 }) => sum + invalidatedTags, 0);
  if (tags > 0) parts.push(`${tags} tags invalidated`);
  return `${entries.length} requests: ${parts.join(", ")}`;
}

function hitShare(entries: readonly RequestEntry[]): string {
  const read = entries.filter(({ cache }) => cache !== undefined);
  const hits = read.filter(({ cache }) => cache === "hit" || cache === "stale");
  return read.length === 0 ? "" : ` (${Math.round((100 * hits.length) / read.length)}% hit)`;
}

import { type EventEntry, formatEntry, type LogEntry, type RequestEntry } from "../log-entry.ts";
import { createRepeatFolder } from "./fold-repeats.ts";
import { createRequestFolder } from "./fold-requests.ts";

/** Longest time between the handling of a change by the stream and the log entry of the request that made it. */
const REQUEST_WITHIN_MS = 2_000;

/** Paths of operators' commands and pages, which poll, and of health checks. */
const OPERATORS_PATHS = /^\/(?:api\/(?:ops|health)|ops)\//;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Time for which writes are remembered, because their changes take a while to pass through the stream: 2 minutes. */
const REMEMBERED_MS = 2 * MINUTE_MS;

export interface TerminalLogOptions {
  write: (line: string) => void;
  color?: boolean;
  /** Prints every entry at once. */
  verbose?: boolean;
  /** Wall-clock time. */
  nowMs?: () => number;
  later?: (ms: number, run: () => void) => void;
}

/**
 * Prints a cloud's log for a user: one line per request, bursts summarised, operators' successful reads omitted, and
 * everything else that needs attention, repetitions counted. The work of streams and queues counts as part of the requests that caused it; changes that no request made have a separate line.
 */
export function createTerminalLog({
  write,
  color = false,
  verbose = false,
  nowMs = Date.now,
  later = (ms, run) => void setTimeout(run, ms).unref(),
}: TerminalLogOptions) {
  const print = (entry: LogEntry) => write(formatEntry(entry, color, new Date(nowMs())));
  const folder = createRequestFolder({
    onRequest: print,
    onSummary: (text) => print({ kind: "cloud", text: `… ${text}` }),
    nowMs,
    later,
  });
  const logEvent = createRepeatFolder({ onEvent: print, later });
  /** Periods in which requests wrote, in order; overlapping ones are merged. */
  const writes: { fromMs: number; toMs: number }[] = [];
  let openedMs = Infinity;
  let unclaimed = 0;

  /** A failed request counts too: it may have written a part, such as the number of an item that it then refuses. */
  function noteWrite({ method, durationMs }: RequestEntry): void {
    if (method === "GET" || method === "HEAD") return;
    const fromMs = nowMs() - durationMs;
    const last = writes.at(-1);
    if (last !== undefined && last.toMs >= fromMs) {
      last.fromMs = Math.min(last.fromMs, fromMs);
      last.toMs = nowMs();
    } else writes.push({ fromMs, toMs: nowMs() });
    while (writes[0] !== undefined && writes[0].toMs < nowMs() - REMEMBERED_MS) writes.shift();
  }

  function noteChanges({ count, atMs }: NonNullable<EventEntry["changes"]>): void {
    if (atMs < openedMs) return; // the sample's
    // The request that made the change may still be running.
    later(REQUEST_WITHIN_MS, () => {
      const untilMs = atMs + precisionMs(atMs);
      if (writes.some(({ fromMs, toMs }) => toMs >= atMs && fromMs <= untilMs)) return;
      if (unclaimed === 0) later(REQUEST_WITHIN_MS, printUnclaimed);
      unclaimed += count;
    });
  }

  function printUnclaimed(): void {
    const text = `${unclaimed} ${unclaimed === 1 ? "change" : "changes"} that no request made, invalidated`;
    unclaimed = 0;
    print({ kind: "stream", text });
  }

  function log(entry: LogEntry): void {
    if (verbose) return print(entry);
    if (entry.kind === "request") {
      noteWrite(entry);
      if (!isOperatorsRead(entry)) folder.add(entry);
      return;
    }
    if (entry.changes) return noteChanges(entry.changes);
    if (entry.routine) return;
    // The cloud's own lines repeat for a reason: they have a command to paste.
    if (entry.kind === "cloud") print(entry);
    else logEvent(entry);
  }

  return {
    log,
    /** Called when the cloud is ready: later changes are the user's, earlier ones the sample's. */
    open: () => {
      openedMs = nowMs();
    },
    /** Prints the summary of the requests that are not printed yet. */
    close: folder.flush,
  };
}

/** True for a successful read by an operator or a health check, which `ops tail` omits too. */
function isOperatorsRead({ method, url, status }: RequestEntry): boolean {
  return method === "GET" && status < 400 && OPERATORS_PATHS.test(url);
}

/** Precision of a change's time: a second in DynamoDB, a minute in DynamoDB Local, which rounds down. */
function precisionMs(atMs: number): number {
  return atMs % MINUTE_MS === 0 ? MINUTE_MS : SECOND_MS;
}

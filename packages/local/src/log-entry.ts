import { redact } from "@algoitny/functions/telemetry/log";
import type { RequestRecord } from "./api-gateway/start-gateway.ts";

/** Something that the local cloud tells about itself. */
export type LogEntry =
  | RequestEntry
  | { kind: "stream" | "queue" | "schedule" | "function" | "cloud" | "error"; text: string };

export interface RequestEntry {
  kind: "request";
  method: string;
  /** Path and query. */
  url: string;
  status: number;
  durationMs: number;
  /** `hit`, `miss`, `stale` or `bypass`; absent when nothing was read through the cache. */
  cache: string | undefined;
  /** Requests to DynamoDB; absent when no function answered. */
  databaseReads: number | undefined;
}

/** What a request cost, from its answer's `Server-Timing`. */
export function toRequestEntry({ headers, ...record }: RequestRecord): RequestEntry {
  const timing = headers["server-timing"] ?? "";
  const reads = /\bdb;desc="(\d+) reads?"/.exec(timing)?.[1];
  return {
    kind: "request",
    ...record,
    cache: /\bcache;desc="(\w+)"/.exec(timing)?.[1]?.toLowerCase(),
    databaseReads: reads === undefined ? undefined : Number(reads),
  };
}

const CODES = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

type Paint = (color: keyof typeof CODES, text: string) => string;

const STATUS_COLORS = [undefined, undefined, "green", "cyan", "yellow", "red"] as const;
const CACHE_COLORS: Record<string, keyof typeof CODES> = { hit: "green", stale: "yellow" };

function requestLine(entry: RequestEntry, paint: Paint): string {
  const { method, url, status, durationMs, cache, databaseReads } = entry;
  const cost =
    databaseReads === undefined ? "" : `${databaseReads} ${databaseReads === 1 ? "read" : "reads"}`;
  return [
    method.padEnd(6),
    redact(url).padEnd(44),
    paint(STATUS_COLORS[Math.floor(status / 100)] ?? "dim", String(status)),
    paint(CACHE_COLORS[cache ?? ""] ?? "dim", (cache ?? "-").padEnd(6)),
    `${durationMs.toFixed(1).padStart(7)} ms`,
    paint(databaseReads === 0 ? "green" : "dim", cost),
  ].join(" ");
}

/** One line for a terminal or a file: time, then what happened. */
export function formatEntry(entry: LogEntry, color: boolean, at: Date = new Date()): string {
  const paint: Paint = (name, text) => (color ? `\u001B[${CODES[name]}m${text}\u001B[0m` : text);
  const time = paint("dim", at.toISOString().slice(11, 19));
  if (entry.kind === "request") return `${time} ${requestLine(entry, paint)}`.trimEnd();
  const kind = paint(entry.kind === "error" ? "red" : "cyan", entry.kind.padEnd(8));
  return `${time} ${kind} ${entry.text}`;
}

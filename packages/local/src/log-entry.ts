import { redact } from "@algoitny/functions/telemetry/log";
import type { RequestRecord } from "./api-gateway/start-gateway.ts";

/** An event of the local cloud. */
export type LogEntry = RequestEntry | EventEntry;

export interface EventEntry {
  kind: "stream" | "queue" | "schedule" | "function" | "cloud" | "error";
  text: string;
  /** Part of a normal run: shown only with `--verbose`. */
  routine?: boolean;
  /** Changes of the table that were handled: their number, and the time of the last one. */
  changes?: { count: number; atMs: number };
}

export interface RequestEntry {
  kind: "request";
  method: string;
  /** Path and query. */
  url: string;
  status: number;
  durationMs: number;
  /** `hit`, `miss`, `stale` or `bypass`; undefined if it is unknown, or nothing was read through the cache. */
  cache: string | undefined;
  /** Reason why the answer to a miss was not stored; absent if it was stored, or the reason is unknown. */
  notStored?: string;
  /** Requests to DynamoDB, writes included; undefined if `Server-Timing`, which calls them reads, does not show them. */
  databaseCalls: number | undefined;
  /** Tags that the request's writes invalidated; absent if there are none. */
  invalidatedTags?: number;
}

/**
 * Log entry of a request, with its cost from the answer's `Server-Timing`. For an answer without `Server-Timing`, a
 * miss is read from `Cache-Status`; other outcomes stay unknown.
 */
export function toRequestEntry({ headers, ...record }: RequestRecord): RequestEntry {
  const timing = headers["server-timing"] ?? "";
  const reads = /\bdb;desc="(\d+) reads?"/.exec(timing)?.[1];
  const status = headers["cache-status"] ?? "";
  const forwarded = /; fwd=(miss)\b/.exec(status)?.[1];
  const reason = /; fwd=miss(?!.*; stored\b).*; detail=([\w-]+)/.exec(status)?.[1];
  const tags = /\btags;desc="(\d+) invalidated"/.exec(timing)?.[1];
  return {
    kind: "request",
    ...record,
    // A sign-in redirects to the page with a secret code in the query.
    url: record.url.replace(/^(\/ops\/)\?.*/, "$1?…"),
    cache: /\bcache;desc="(\w+)"/.exec(timing)?.[1]?.toLowerCase() ?? forwarded,
    databaseCalls: reads === undefined ? undefined : Number(reads),
    ...(reason !== undefined && { notStored: reason }),
    ...(tags !== undefined && { invalidatedTags: Number(tags) }),
  };
}

const CODES = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

type Paint = (color: keyof typeof CODES, text: string) => string;

const STATUS_COLORS = [undefined, undefined, "green", "cyan", "yellow", "red"] as const;
const CACHE_COLORS: Record<string, keyof typeof CODES> = { hit: "green", stale: "yellow" };

function requestLine(entry: RequestEntry, paint: Paint): string {
  const { method, url, status, durationMs, cache, databaseCalls, invalidatedTags, notStored } =
    entry;
  const facts = [
    ...(databaseCalls === undefined
      ? []
      : [paint(databaseCalls === 0 ? "green" : "dim", counted(databaseCalls, "read"))]),
    ...(notStored === undefined ? [] : [paint("yellow", `not stored: ${notStored}`)]),
    ...(invalidatedTags === undefined
      ? []
      : [paint("yellow", `${counted(invalidatedTags, "tag")} invalidated`)]),
  ];
  return [
    method.padEnd(6),
    redact(url).padEnd(44),
    paint(STATUS_COLORS[Math.floor(status / 100)] ?? "dim", String(status)),
    paint(CACHE_COLORS[cache ?? ""] ?? "dim", (cache ?? "-").padEnd(6)),
    `${durationMs.toFixed(1).padStart(7)} ms`,
    facts.join(", "),
  ].join(" ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One line for a terminal or a file: local time, then the event. */
export function formatEntry(entry: LogEntry, color: boolean, at: Date = new Date()): string {
  const paint: Paint = (name, text) => (color ? `\u001B[${CODES[name]}m${text}\u001B[0m` : text);
  const time = paint("dim", at.toTimeString().slice(0, 8));
  if (entry.kind === "request") return `${time} ${requestLine(entry, paint)}`.trimEnd();
  const kind = paint(entry.kind === "error" ? "red" : "cyan", entry.kind.padEnd(8));
  return `${time} ${kind} ${entry.text}`;
}

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import path from "node:path";
import type { RowResult } from "./result.ts";

export const ROOT = path.resolve(import.meta.dirname, "../../..");

export const RECORD_FILE = path.join(ROOT, "docs/benchmarks.json");

/** A row's result with the machine, time and versions of its measurement. */
export interface RecordedRow extends RowResult {
  readonly at: Circumstances;
}

export interface Circumstances {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly redis: string;
  readonly seconds: number;
}

export interface Recorded {
  /** Versions of the rivals by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, RecordedRow>>;
}

export function readRecorded(): Recorded {
  if (!existsSync(RECORD_FILE)) return { versions: {}, rows: {} };
  return JSON.parse(readFileSync(RECORD_FILE, "utf8")) as Recorded;
}

const GIBIBYTE = 2 ** 30;

/** Facts of this machine and the checked-out commit. */
export function circumstances(seconds: number): Circumstances {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / GIBIBYTE);
  const { arch, platform, version } = process;
  return {
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    commit: headCommit(),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? "?"}, ${memory} GiB, ${platform} ${release()} ${arch}`,
    node: version,
    redis: redisVersion(),
    seconds: Math.round(seconds),
  };
}

export function headCommit(): string {
  const git = ["rev-parse", "--short=8", "HEAD"];
  return execFileSync("git", git, { cwd: ROOT, encoding: "utf8" }).trim();
}

function redisVersion(): string {
  const printed = execFileSync("redis-server", ["--version"], { encoding: "utf8" });
  return `redis-server ${/v=(\S+)/.exec(printed)?.[1] ?? "?"}`;
}

/** Tolerance for bytes, because entries contain times and ids whose digits vary: 1 % and 16 bytes. */
const BYTES_TOLERANCE = { share: 0.01, bytes: 16 };

/** Counts that differ from the recorded ones, as sentences; includes those that only one side has. */
export function differences(counts: RowResult["counts"], recorded: RowResult["counts"]): string[] {
  const names = [...new Set([...Object.keys(counts), ...Object.keys(recorded)])];
  return names.flatMap((name) => {
    const [now, before] = [counts[name] ?? {}, recorded[name] ?? {}];
    const parts = [...new Set([...Object.keys(now), ...Object.keys(before)])];
    return parts
      .filter((part) => !isSame(part, now[part], before[part]))
      .map((part) => `${name}: ${part} ${now[part] ?? "none"}, recorded ${before[part] ?? "none"}`);
  });
}

function isSame(part: string, now: number | undefined, before: number | undefined): boolean {
  if (part !== "bytes" || now === undefined || before === undefined) return now === before;
  return Math.abs(now - before) <= before * BYTES_TOLERANCE.share + BYTES_TOLERANCE.bytes;
}

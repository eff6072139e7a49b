import { appendFile, readFile } from "node:fs/promises";
import type { StormReport } from "./storm.ts";

export type Piece = Pick<
  StormReport,
  "seed" | "writes" | "answers" | "recent_hits" | "late_copies" | "stale" | "failed"
>;

export interface Pieces<Report extends Piece> {
  readonly count: number;
  /** Seed of the first piece; each further piece has the next seed. */
  readonly seed: number;
  /** File with a line of JSON for each completed piece. */
  readonly done?: string | undefined;
  readonly run: (seed: number) => Promise<Report>;
  /** Ends the piece in progress, which then does not count as completed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the remaining pieces of a storm, until an answer is not current or fails, and records each piece when it has
 * ended: an interrupted storm continues with its next piece. Returns the reports of all pieces.
 */
export async function runPieces<Report extends Piece>({
  count,
  seed,
  done,
  run,
  signal,
}: Pieces<Report>): Promise<Report[]> {
  const known = done === undefined ? [] : await reportsIn<Report>(done);
  const reports: Report[] = [];
  for (let piece = 0; piece < count; piece += 1) {
    const before = known.find((report) => report.seed === seed + piece);
    const report = before ?? (await run(seed + piece));
    if (done !== undefined && before === undefined && !signal?.aborted)
      await appendFile(done, `\n${JSON.stringify(report)}\n`);
    reports.push(report);
    if (report.stale.length + report.failed.length > 0 || signal?.aborted) break;
  }
  return reports;
}

async function reportsIn<Report>(file: string): Promise<Report[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  // An incomplete line belongs to a piece that was interrupted while it was written.
  const lines = text.split("\n").filter((line) => line.endsWith("}"));
  return lines.map((line) => JSON.parse(line) as Report);
}

/** Report of all pieces of a storm. */
export function total(reports: readonly Piece[]) {
  const sum = (of: (report: Piece) => number) =>
    reports.reduce((count, report) => count + of(report), 0);
  return {
    pieces: reports.length,
    writes: sum(({ writes }) => writes),
    answers: sum(({ answers }) => answers.own + answers.reader + answers.final),
    recent_hits: sum(({ recent_hits: hits }) => hits),
    late_copies: sum(({ late_copies: copies }) => copies),
    stale: sum(({ stale }) => stale.length),
    failed: sum(({ failed }) => failed.length),
  };
}

import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import path from "node:path";

const MAIN = path.join(import.meta.dirname, "model-command.ts");

/** Fewer runs are not worth a separate process. */
const RUNS_A_PROCESS = 10_000;

/** Runs of one process: `runs` runs, starting at `seed`. */
export interface Part {
  readonly seed: number;
  readonly runs: number;
}

/** Divides runs among processes, at most one for each core; every seed is in exactly one part. */
export function partsOf({ seed, runs }: Part, cores = availableParallelism()): Part[] {
  const count = Math.max(1, Math.min(cores, Math.floor(runs / RUNS_A_PROCESS)));
  const size = Math.ceil(runs / count);
  return Array.from({ length: count }, (_, index) => ({
    seed: seed + index * size,
    runs: Math.min(size, runs - index * size),
  }));
}

/** Output of a process with `--json`. */
export interface PartReport {
  readonly runs: number;
  readonly steps: number;
  readonly broken: { readonly seed: number; readonly timeline: string } | null;
}

/** Explores each part in a separate process, until all have ended or one has found a broken promise. */
export async function exploreParts(parts: readonly Part[]): Promise<PartReport[]> {
  const found = new AbortController();
  const reports: PartReport[] = [];
  const running = parts.map(async ({ seed, runs }) => {
    const report = await explorePart({ seed, runs }, found.signal);
    if (report === undefined) return;
    reports.push(report);
    if (report.broken) found.abort();
  });
  await Promise.all(running);
  return reports;
}

/** Undefined when the process was ended because another part has found a broken promise. */
function explorePart({ seed, runs }: Part, signal: AbortSignal): Promise<PartReport | undefined> {
  const args = [MAIN, "--runs", String(runs), "--seed", String(seed), "--json", "--part"];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { signal }, (error, stdout, stderr) => {
      if (signal.aborted) resolve(undefined);
      else if (stdout === "") reject(new Error(stderr || error?.message));
      else resolve(JSON.parse(stdout) as PartReport);
    });
    child.stderr?.pipe(process.stderr);
  });
}

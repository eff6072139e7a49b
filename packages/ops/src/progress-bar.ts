import cliProgress from "cli-progress";

/** Time after which an estimate of the remaining time is shown: the first requests wait for functions to load. */
const ESTIMATE_FROM_MS = 3_000;

interface Progress {
  done: number;
  total: number;
  /** Name of the counted things, in the plural. */
  unit: string;
  elapsedMs: number;
}

/** `128/300 problems | 42% | about 20 s left`. The estimate is based on the whole run, because the last few requests vary too much. */
export function progressText({ done, total, unit, elapsedMs }: Progress): string {
  const parts = [`${done}/${total} ${unit}`, `${Math.floor((100 * done) / total)}%`];
  const leftSeconds = Math.ceil(((elapsedMs / done) * (total - done)) / 1_000);
  if (done > 0 && done < total && elapsedMs >= ESTIMATE_FROM_MS)
    parts.push(`about ${durationText(leftSeconds)} left`);
  return parts.join(" | ");
}

function durationText(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Least share of the work, and least time, between two lines of progress in a pipe or a file. */
const LINE_SHARE = 0.1;
const LINE_MS = 5_000;

interface ProgressBar {
  /** Draws the bar from the first finished item on, so that an unreachable API shows only an error. */
  update(done: number): void;
  stop(): void;
}

/** Bar on stderr, so that stdout contains only the result; without a terminal, a few lines. */
export function createProgressBar(total: number, unit: string): ProgressBar {
  return process.stderr.isTTY
    ? drawnBar(total, unit)
    : progressLines({ total, unit, write: (line) => process.stderr.write(`${line}\n`) });
}

/** A line after a further tenth of the work, at most one in 5 s, and one at the end. */
export function progressLines({
  total,
  unit,
  write,
  nowMs = Date.now,
}: {
  total: number;
  unit: string;
  write: (line: string) => void;
  nowMs?: () => number;
}): ProgressBar {
  const startMs = nowMs();
  let shown = { done: 0, atMs: startMs };
  let last = 0;
  const show = () => {
    shown = { done: last, atMs: nowMs() };
    write(progressText({ done: last, total, unit, elapsedMs: shown.atMs - startMs }));
  };
  return {
    update(done) {
      last = done;
      if (done - shown.done >= LINE_SHARE * total && nowMs() - shown.atMs >= LINE_MS) show();
    },
    stop() {
      if (last > shown.done) show();
    },
  };
}

function drawnBar(total: number, unit: string): ProgressBar {
  const startMs = Date.now();
  const bar = new cliProgress.SingleBar(
    {
      format: (options, { progress, value }) => {
        const elapsedMs = Date.now() - startMs;
        const drawn = cliProgress.Format.BarFormat(progress, options);
        return `${drawn} ${progressText({ done: value, total, unit, elapsedMs })}`;
      },
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update(done) {
      if (started) return bar.update(done);
      started = true;
      bar.start(total, done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

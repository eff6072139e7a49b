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

/** Bar on stderr, so that stdout contains only the result; without a terminal, a line from time to time. */
export function createProgressBar(total: number, unit: string) {
  const startMs = Date.now();
  const bar = new cliProgress.SingleBar(
    {
      format: (options, { progress, value }) => {
        const elapsedMs = Date.now() - startMs;
        const drawn = cliProgress.Format.BarFormat(progress, options);
        return `${drawn} ${progressText({ done: value, total, unit, elapsedMs })}`;
      },
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    /** Draws the bar from the first finished item on, so that an unreachable API shows only an error. */
    update(done: number): void {
      if (started) return bar.update(done);
      started = true;
      bar.start(total, done);
    },
    stop(): void {
      if (started) bar.stop();
    },
  };
}

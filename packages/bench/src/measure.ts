/** Medians of interleaved runs: other work on the machine affects all subjects equally. */

export interface Timed {
  /** Time of one operation. */
  readonly ms: number;
  /** CPU time of this process for one operation. */
  readonly cpuMs: number;
}

/** A subject to time: `run` is one operation. */
export interface Timing {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Number of operations per turn, for a subject that takes much less or more time than the others. */
  readonly operations?: number;
}

/** Rounds of a timing, and the operations of each subject in a round. */
export interface Amount {
  readonly rounds: number;
  readonly operations: number;
  /**
   * Number of operations of each subject in the warm-up round, unless the subject has its own number; default: as many
   * as in every other round.
   */
  readonly warmUp?: number;
}

/**
 * Runs all subjects in turns, in another order each round, one operation after the other; the first round warms up and is
 * dropped. V8 compiles code after a few hundred runs: a shorter warm-up would measure its interpreter, which code
 * that runs often has left. Garbage is collected between turns, so that no subject pays for another's.
 */
export async function interleave(
  timings: readonly Timing[],
  { rounds, operations: usual, warmUp }: Amount,
): Promise<Map<string, Timed>> {
  const samples = new Map(timings.map(({ name }) => [name, [] as Timed[]]));
  for (let round = 0; round <= rounds; round += 1) {
    const turn = timings.map((_, index) => timings[(index + round) % timings.length] as Timing);
    const common = round === 0 ? (warmUp ?? usual) : usual;
    for (const { name, run, operations = common } of round % 2 === 0 ? turn : turn.toReversed()) {
      globalThis.gc?.();
      const cpu = process.cpuUsage();
      const startMs = performance.now();
      for (let index = 0; index < operations; index += 1) await run();
      const ms = (performance.now() - startMs) / operations;
      const { user, system } = process.cpuUsage(cpu);
      if (round > 0) samples.get(name)?.push({ ms, cpuMs: (user + system) / 1_000 / operations });
    }
  }
  return new Map(
    [...samples].map(([name, each]) => [
      name,
      { ms: median(each.map(({ ms }) => ms)), cpuMs: median(each.map(({ cpuMs }) => cpuMs)) },
    ]),
  );
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of the values lies; NaN if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) return Number.NaN;
  return low + (high - low) * (at % 1);
}

/** Answer of one request of an open loop. */
export interface Arrival<Value> {
  /**
   * Counted from its scheduled time, not from its sending: a slow answer does not delay the others' clocks. Timers count
   * whole milliseconds, so the sending may be up to 1 ms early.
   */
  readonly ms: number;
  readonly value?: Value;
  readonly error?: unknown;
}

/** Sends requests at a fixed rate regardless of the answers, and waits for all of them. */
export async function openLoop<Value>(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  request: (index: number) => Promise<Value>,
): Promise<Arrival<Value>[]> {
  const total = perSecond * seconds;
  const arrivals: Promise<Arrival<Value>>[] = [];
  const startMs = performance.now();
  while (arrivals.length < total) {
    const dueMs = startMs + (arrivals.length * 1_000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    arrivals.push(
      request(arrivals.length).then(
        (value) => ({ ms: performance.now() - dueMs, value }),
        (error: unknown) => ({ ms: performance.now() - dueMs, error }),
      ),
    );
  }
  return Promise.all(arrivals);
}

/** Medians of interleaved runs: what else the machine does hits all subjects alike. */

export interface Timed {
  /** Time of one operation. */
  readonly ms: number;
  /** CPU time of this process for one operation. */
  readonly cpuMs: number;
}

/** One thing to be timed: `run` is one operation. */
export interface Timing {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Operations of a turn, where it takes much less or more time than the others. */
  readonly operations?: number;
}

/** Rounds of a timing, and the operations of each subject in a round. */
export interface Amount {
  readonly rounds: number;
  readonly operations: number;
  /** Operations before the first round of each subject without a number of its own: as many as a round's unless said. */
  readonly warmUp?: number;
}

/**
 * Runs all in turns, in another order each round, one operation after the other; the first round warms up and is dropped.
 * V8 compiles what has run a few hundred times: a shorter warm-up times its interpreter, which no function that is in use runs in.
 * Garbage is collected between turns, so that none pays for another's.
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

/** The value below which this share of them lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) return Number.NaN;
  return low + (high - low) * (at % 1);
}

/** Answer of one request of an open loop. */
export interface Arrival<Value> {
  /** From the moment it was due, not from the moment it was sent: a slow answer delays none of the others' clocks. */
  readonly ms: number;
  readonly value?: Value;
  readonly error?: unknown;
}

/** Sends requests at a fixed rate whatever the answers do, and waits for all of them. */
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

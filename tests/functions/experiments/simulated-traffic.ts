/** Pseudo-random numbers from 0 up to 1, from a seed: Mulberry32. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Traffic on one view: keys with Zipf's popularity, which changes from hour to hour, over days with nights. */
export interface Traffic {
  keys: number;
  readsPerSecond: number;
  /** Lifetimes in seconds: of keys in the usual arm and in the trial arm. */
  usual: number;
  trial: number;
  seed: number;
}

export interface ArmCounts {
  reads: number;
  loads: number;
}

export type Slot = Record<"usual" | "trial", ArmCounts>;

/** Counts of each slot (an hour) of one experiment: `assign` decides which keys have the trial lifetime in a slot. */
export function simulate(
  { keys, readsPerSecond, usual, trial, seed }: Traffic,
  slots: number,
  assign: (key: number, slot: number) => boolean,
): Slot[] {
  const random = dice(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const harmonic = Array.from({ length: keys }, (_, key) => 1 / (key + 1)).reduce((a, b) => a + b);
  // Changes per second of each key: the median is one in half an hour; one key in a hundred changes every minute or
  // more often.
  const changes = Array.from({ length: keys }, () => Math.exp(normal() * 1.5) / 1_800);
  const trends = Array.from({ length: keys }, () => normal());
  return Array.from({ length: slots }, (_, slot) => {
    const counts: Slot = { usual: { reads: 0, loads: 0 }, trial: { reads: 0, loads: 0 } };
    const hour = 1 + 0.7 * Math.sin((2 * Math.PI * slot) / 24);
    for (let key = 0; key < keys; key += 1) {
      const trend = (trends[key] = 0.8 * (trends[key] ?? 0) + 0.6 * normal());
      const rate = (readsPerSecond * hour * Math.exp(0.7 * trend)) / (harmonic * (key + 1));
      const isTrial = assign(key, slot);
      const change = changes[key] ?? 1;
      // An entry is served until it expires or its key changes; the next read after that loads it.
      const lives = (1 - Math.exp(-change * (isTrial ? trial : usual))) / change;
      const around = (mean: number) => Math.max(0, mean + Math.sqrt(mean) * normal());
      const arm = counts[isTrial ? "trial" : "usual"];
      const reads = around(rate * COUNTED_SECONDS);
      arm.reads += reads;
      arm.loads += Math.min(reads, around(COUNTED_SECONDS / (lives + 1 / rate)));
    }
    return counts;
  });
}

const COUNTED_SECONDS = 2_700;
const BUCKETS = 64;

/** The assignment of `core/experiment`: one of each two buckets, in an order that is drawn for each pair of slots. */
export function crossover(seed: number): (key: number, slot: number) => boolean {
  const random = dice(seed);
  const coins: number[][] = [];
  return (key, slot) => {
    const pair = slot >> 1;
    const drawn = (coins[pair] ??= Array.from({ length: BUCKETS / 2 }, () =>
      random() < 0.5 ? 0 : 1,
    ));
    const bucket = key % BUCKETS;
    return (((drawn[bucket >> 1] ?? 0) ^ bucket ^ slot) & 1) === 1;
  };
}

/** Each key stays in one arm for the whole experiment. */
export function fixed(seed: number): (key: number) => boolean {
  const random = dice(seed);
  const arms: boolean[] = [];
  return (key) => {
    while (arms.length <= key) arms.push(random() < 0.5);
    return arms[key] === true;
  };
}

/** Difference in loads per 100 reads between the trial and the usual arm, for each pair of slots. */
export function differences(slots: readonly Slot[]): number[] {
  return Array.from({ length: slots.length >> 1 }, (_, pair) => {
    const share = (arm: "usual" | "trial") => {
      const [one, two] = [slots[2 * pair]?.[arm], slots[2 * pair + 1]?.[arm]];
      const sum = (name: keyof ArmCounts) => (one?.[name] ?? 0) + (two?.[name] ?? 0);
      return (100 * sum("loads")) / sum("reads");
    };
    return share("trial") - share("usual");
  });
}

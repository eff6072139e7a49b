/** A number from 0 up to (not including) 1. */
export type Random = () => number;

/** Arrival times of a Poisson process, in ms from the start: each gap is independent of the others and of the answers. */
export function* arrivals(
  { perSecond, durationMs }: { perSecond: number; durationMs: number },
  random: Random,
): Generator<number> {
  const meanGapMs = 1_000 / perSecond;
  for (let atMs = 0; ;) {
    atMs -= Math.log(1 - random()) * meanGapMs;
    if (atMs >= durationMs) return;
    yield atMs;
  }
}

/** Draws from `items` by Zipf's law with exponent 1: the second is drawn half as often as the first, the third a third. */
export function zipf<Item>(items: readonly Item[]): (random: Random) => Item {
  return weighted(items.map((item, index) => ({ item, share: 1 / (index + 1) })));
}

/** Draws items by their shares, which need not add up to 1. */
export function weighted<Item>(
  items: readonly { item: Item; share: number }[],
): (random: Random) => Item {
  let sum = 0;
  const sums = items.map(({ share }) => (sum += share));
  return (random) => {
    const drawn = random() * sum;
    return (items[firstAbove(sums, drawn)] as { item: Item }).item;
  };
}

/** Index of the first of the growing `sums` that is above the number. */
function firstAbove(sums: readonly number[], number: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}

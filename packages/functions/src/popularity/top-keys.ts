interface Counter {
  count: number;
  /** Highest part of the count that may belong to other keys: the key took over a used counter. */
  error: number;
}

/**
 * Counts the most frequent of any number of keys with a bounded number of counters: a new key takes over the smallest
 * one. Space-Saving: Metwally, Agrawal, El Abbadi 2005. A key with more than 1/limit of all counts always has a
 * counter.
 */
export class TopKeys {
  readonly #limit: number;
  #counters = new Map<string, Counter>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(key: string, times = 1): void {
    const known = this.#counters.get(key);
    if (known) known.count += times;
    else if (this.#counters.size < this.#limit) this.#counters.set(key, { count: times, error: 0 });
    else {
      const [smallest, { count }] = this.#smallest();
      this.#counters.delete(smallest);
      this.#counters.set(key, { count: count + times, error: count });
    }
  }

  /** Takes the counts out, largest first: for each key the certain part, which never exceeds the real count. */
  take(): [key: string, count: number][] {
    const counts = [...this.#counters].map(([key, { count, error }]): [string, number] => [
      key,
      count - error,
    ]);
    this.#counters = new Map();
    return counts.toSorted(([, left], [, right]) => right - left);
  }

  #smallest(): [string, Counter] {
    let smallest: [string, Counter] | undefined;
    for (const entry of this.#counters)
      if (smallest === undefined || entry[1].count < smallest[1].count) smallest = entry;
    if (smallest === undefined) throw new RangeError("TopKeys needs a limit of 1 or more");
    return smallest;
  }
}

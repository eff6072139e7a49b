/**
 * Progress through a shard. Lanes finish out of order, so the checkpoint is the last record before the first one that
 * is still being handled.
 */
export class Progress {
  readonly #open: string[] = [];
  readonly #settled = new Set<string>();
  #waiting: { last: string; resolve: () => void }[] = [];

  get openCount(): number {
    return this.#open.length;
  }

  /** Adds sequence numbers, in stream order. */
  add(sequenceNumbers: readonly string[]): void {
    this.#open.push(...sequenceNumbers);
  }

  /** Marks records as handled; returns the new checkpoint if it moved. */
  settle(sequenceNumbers: readonly string[]): string | undefined {
    for (const sequenceNumber of sequenceNumbers) this.#settled.add(sequenceNumber);
    const firstOpen = this.#open.findIndex((sequenceNumber) => !this.#settled.has(sequenceNumber));
    const passed = this.#open.splice(0, firstOpen === -1 ? this.#open.length : firstOpen);
    for (const sequenceNumber of passed) this.#settled.delete(sequenceNumber);
    const reached = new Set(passed);
    this.#waiting = this.#waiting.filter(({ last, resolve }) => {
      if (reached.has(last)) resolve();
      return !reached.has(last);
    });
    return passed.at(-1);
  }

  /** Resolves when everything added so far is handled. */
  reached(): Promise<void> {
    const last = this.#open.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ last, resolve }));
  }
}

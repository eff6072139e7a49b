import { setImmediate as turn } from "node:timers/promises";

interface Arrived {
  readonly name: string;
  readonly loads: number;
  readonly go: () => void;
}

/** Longest real time for the compressions of one moment: their threads may have to wait on a busy machine. */
const LONGEST_MS = 20_000;

/**
 * Lets the loads of one moment end in the order of their names: threads compress their values and are ready in any order,
 * but the same seed has to give the same numbers.
 */
export class LoadsInOrder {
  #begun = 0;
  #arrived: Arrived[] = [];

  begin(): void {
    this.#begun += 1;
  }

  /** Waits for the turn of a write that ends a number of loads. */
  async arrive(name: string, loads: number): Promise<void> {
    if (this.#begun === 0) return;
    await new Promise<void>((go) => this.#arrived.push({ name, loads, go }));
  }

  /** Resolves when every load that has begun has ended, including those that begin meanwhile. */
  async settle(): Promise<void> {
    while (this.#begun > 0) {
      await this.#allArrived();
      const arrived = this.#arrived.toSorted((one, other) => (one.name < other.name ? -1 : 1));
      this.#arrived = [];
      this.#begun -= arrived.reduce((sum, { loads }) => sum + loads, 0);
      for (const { go } of arrived) go();
      await turn();
    }
  }

  async #allArrived(): Promise<void> {
    const count = () => this.#arrived.reduce((sum, { loads }) => sum + loads, 0);
    const deadlineMs = performance.now() + LONGEST_MS;
    while (count() < this.#begun) {
      if (performance.now() > deadlineMs)
        throw new Error(
          `${this.#begun - count()} loads have not ended: the simulation cannot continue`,
        );
      await turn();
    }
  }
}

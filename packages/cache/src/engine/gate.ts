import { type Clock, withDeadline } from "../clock.ts";

/** Lets a bounded number of tasks run at a time; the others wait in line. */
export class Gate {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Runs a task when there is room; rejects with `onTimeout()`, and leaves the line, when there is none within `limitMs`. */
  async run<T>(task: () => Promise<T>, limitMs: number, onTimeout: () => Error): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#turn(limitMs, onTimeout);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #turn(limitMs: number, onTimeout: () => Error): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.add(turn.resolve);
    try {
      await withDeadline(this.#clock, limitMs, turn.promise, onTimeout);
    } catch (error) {
      // A turn that came in the same moment is handed on.
      if (!this.#waiting.delete(turn.resolve)) this.#leave();
      throw error;
    }
  }

  /** The place is handed on, so that nobody can slip in between. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

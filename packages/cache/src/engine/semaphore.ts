import { deferred } from "../deferred.ts";
import { type Clock, withDeadline } from "../clock.ts";

interface Turn {
  /** Names of the entries that the task loads. */
  readonly names: readonly string[];
  /** Longest wait. */
  readonly limitMs: number;
  readonly onTimeout: () => Error;
}

/** Lets a bounded number of tasks run at a time; the others wait in line. */
export class Semaphore {
  readonly #limit: number;
  readonly #clock: Clock;
  /** Starters of the waiting tasks, with the names of their entries. */
  readonly #waiting = new Map<() => void, readonly string[]>();
  #running = 0;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Runs a task when there is room; rejects with `onTimeout()`, and leaves the line, when there is none within `limitMs`. */
  async run<T>(task: () => Promise<T>, turn: Turn): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#turn(turn);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** Begins the waiting tasks for a name at once, although there is no room. */
  letThrough(name: string): void {
    for (const [begin, names] of this.#waiting) {
      if (!names.includes(name)) continue;
      this.#waiting.delete(begin);
      this.#running += 1;
      begin();
    }
  }

  async #turn({ names, limitMs, onTimeout }: Turn): Promise<void> {
    const turn = deferred<void>();
    this.#waiting.set(turn.resolve, names);
    try {
      await withDeadline(this.#clock, limitMs, turn.promise, onTimeout);
    } catch (error) {
      // A turn that came in the same moment is handed on.
      if (!this.#waiting.delete(turn.resolve)) this.#leave();
      throw error;
    }
  }

  /**
   * Hands the place on to the next task, so that no other can slip in between; unless there are more than there should
   * be.
   */
  #leave(): void {
    const [next] = this.#waiting.keys();
    if (next === undefined || this.#running > this.#limit) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

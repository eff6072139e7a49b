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

  /** Runs a task when there is room; if there is none within `limitMs`, it leaves the line and rejects with `onTimeout()`. */
  async run<T>(task: () => Promise<T>, turn: Turn): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#turn(turn);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** Starts the waiting tasks for a name at once, beyond the limit. */
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
      // A turn that was granted at the same moment is passed on.
      if (!this.#waiting.delete(turn.resolve)) this.#leave();
      throw error;
    }
  }

  /**
   * Passes the turn to the next task, so that no other can take it in between; ends the turn if no task waits, or
   * if more tasks run than the limit.
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

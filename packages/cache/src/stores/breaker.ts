import type { Clock } from "../clock.ts";
import { emit } from "../events.ts";

/** Failures in a row that open the breaker, and the time for which it stays open before one call may probe. */
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 5_000;

/**
 * Stops calling a store that keeps failing. Its state changes only on a call, by wall-clock time, so a thawed function
 * can probe at once: no timer needs to have run.
 */
export class Breaker {
  readonly #clock: Clock;
  #failures = 0;
  #openedAtMs: number | null = null;
  #probing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when a call may be made; in half-open state only for the first one, as a probe. */
  allows(): boolean {
    if (this.#openedAtMs === null) return true;
    if (this.#probing || Math.abs(this.#clock.now() - this.#openedAtMs) < OPEN_MS) return false;
    this.#probing = true;
    emit(() => ({ type: "breaker", state: "half-open" }));
    return true;
  }

  succeeded(): void {
    if (this.#openedAtMs !== null) emit(() => ({ type: "breaker", state: "closed" }));
    this.#failures = 0;
    this.#openedAtMs = null;
    this.#probing = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#probing = false;
    if (this.#failures < FAILURES_TO_OPEN) return;
    if (this.#openedAtMs === null) emit(() => ({ type: "breaker", state: "open" }));
    this.#openedAtMs = this.#clock.now();
  }
}

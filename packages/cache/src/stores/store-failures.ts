import type { Clock } from "../clock.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { Breaker } from "./breaker.ts";

/** The failures of one store: how many there were, and what they say of the calls that follow. */
export class StoreFailures {
  readonly #breaker: Breaker;
  /** Reason why the store cannot be used: calls that are not tried say it too. */
  #misconfigured: CacheError | undefined;

  constructor(clock: Clock) {
    this.#breaker = new Breaker(clock);
  }

  /** Throws while the breaker is open. */
  check(operation: string): void {
    if (this.#breaker.allows()) return;
    const message = `${operation}: not tried, the store keeps failing`;
    throw this.#misconfigured ?? new CacheError("store_failed", message);
  }

  succeeded(): void {
    this.#breaker.succeeded();
    this.#misconfigured = undefined;
  }

  /** Remembers a failure, and gives the error to throw. */
  failed(operation: string, error: unknown): CacheError {
    this.#breaker.failed();
    const failure =
      error instanceof CacheError ? error : new CacheError("store_failed", operation, error);
    this.#misconfigured = failure.code === "store_misconfigured" ? failure : undefined;
    emit(() => ({ type: "store-failed", operation, error: failure }));
    return failure;
  }
}

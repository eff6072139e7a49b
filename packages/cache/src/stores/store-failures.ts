import type { Clock } from "../clock.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { Breaker } from "./breaker.ts";

/** The failures of one store: their number, and the error of calls that are skipped because of them. */
export class StoreFailures {
  readonly #breaker: Breaker;
  /** The last failure: skipped calls report it too. */
  #last: CacheError | undefined;

  constructor(clock: Clock) {
    this.#breaker = new Breaker(clock);
  }

  /** Throws while the breaker is open. */
  check(operation: string): void {
    if (this.#breaker.allows()) return;
    const last = this.#last;
    if (last?.code === "store_misconfigured") throw last;
    const why = last?.message.replace(/^store_failed: /, "");
    throw new CacheError(
      "store_failed",
      `${operation}: not tried, the store keeps failing (${why})`,
    );
  }

  succeeded(): void {
    this.#breaker.succeeded();
  }

  /** Records a failure, and returns the error to throw. */
  failed(operation: string, error: unknown): CacheError {
    this.#breaker.failed();
    const failure =
      error instanceof CacheError ? error : new CacheError("store_failed", operation, error);
    this.#last = failure;
    emit(() => ({ type: "store-failed", operation, error: failure }));
    return failure;
  }
}

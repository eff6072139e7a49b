import { deferred } from "./deferred.ts";
import { refuse } from "./errors.ts";
import { describe } from "./faults.ts";

/** Settles as `work` does, or rejects as soon as `signal` is aborted, with its reason. */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work();
  // Duck-typed, so that a signal from another realm is accepted too.
  if (typeof (signal as Partial<AbortSignal>).throwIfAborted !== "function")
    refuse(`signal is ${describe(signal)}: pass an AbortSignal, as in controller.signal`);
  signal.throwIfAborted();
  const aborted = deferred<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

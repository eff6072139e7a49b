/** Work that did not finish in time. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** Returns the result of `work`, or rejects with a TimeoutError after `ms`; a later result or rejection is ignored. */
export async function withTimeout<T>(ms: number, work: () => Promise<T>): Promise<T> {
  if (ms <= 0) throw new TimeoutError("no time left to start");
  const deadline = AbortSignal.timeout(Math.ceil(ms));
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new TimeoutError(`not over within ${Math.ceil(ms)} ms`));
    deadline.addEventListener("abort", refuse, { once: true });
  });
  return Promise.race([work(), late]);
}

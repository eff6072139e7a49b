/** Some work was not over in time. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

/** The result of some work, or a TooLate once it has taken so long; what comes of it later is nobody's. */
export async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  if (ms <= 0) throw new TooLate("there was no time left to begin");
  const deadline = AbortSignal.timeout(Math.ceil(ms));
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new TooLate(`not over within ${Math.ceil(ms)} ms`));
    deadline.addEventListener("abort", refuse, { once: true });
  });
  return Promise.race([work(), late]);
}

/** Highest number of cached answers: one more removes all others. */
const MOST = 32;

/**
 * Makes a cache of answers by name, each for `forMs`: however many people look, each process requests the numbers of an
 * answer once in that time. Not in Redis, because the answers must be available while Redis is down. Failures are not
 * cached.
 */
export function createKept(forMs: number, now: () => number = Date.now) {
  const answers = new Map<string, { untilMs: number; value: Promise<unknown> }>();
  return async function kept<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const known = answers.get(name);
    if (known && known.untilMs > now()) return known.value as Promise<T>;
    const value = ask();
    if (answers.size >= MOST) answers.clear();
    answers.set(name, { untilMs: now() + forMs, value });
    value.catch(() => answers.delete(name));
    return value;
  };
}

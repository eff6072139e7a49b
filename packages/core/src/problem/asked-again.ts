/** Searches that a process remembers; those asked least lately are forgotten first. */
const REMEMBERED = 1_000;

/**
 * Answers of each search if it was asked for within the last `lifeMs` already. Anybody can make up searches without end, so
 * a first one leaves nothing behind but its place here.
 */
export function rememberAsked({
  lifeMs,
  now = Date.now,
  most = REMEMBERED,
}: {
  lifeMs: number;
  now?: () => number;
  most?: number;
}): (search: string) => boolean {
  const lastMs = new Map<string, number>();
  return (search) => {
    const nowMs = now();
    const last = lastMs.get(search);
    lastMs.delete(search);
    lastMs.set(search, nowMs);
    const [oldest = search] = lastMs.keys();
    if (lastMs.size > most) lastMs.delete(oldest);
    return last !== undefined && nowMs - last < lifeMs;
  };
}

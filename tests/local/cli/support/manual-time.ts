/** A clock that stands still, and timers that run when it is set forward. */
export function manualTime(startMs = 1_000_000) {
  let atMs = startMs;
  let timers: { dueMs: number; run: () => void }[] = [];
  return {
    nowMs: () => atMs,
    later: (ms: number, run: () => void) => void timers.push({ dueMs: atMs + ms, run }),
    pass: (ms: number): void => {
      const endMs = atMs + ms;
      for (;;) {
        const [next] = timers.toSorted((left, right) => left.dueMs - right.dueMs);
        if (next === undefined || next.dueMs > endMs) break;
        timers = timers.filter((timer) => timer !== next);
        atMs = next.dueMs;
        next.run();
      }
      atMs = endMs;
    },
  };
}

/** Runs at most `most` tasks of each name at a time; later ones wait, in order. */
export function createTurns(most: number) {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();

  return async function inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const line = lines.get(name) ?? { running: 0, waiting: [] };
    lines.set(name, line);
    if (line.running < most) line.running += 1;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn is passed on, so no other caller gets it in between.
      const next = line.waiting.shift();
      if (next) next();
      else line.running -= 1;
    }
  };
}

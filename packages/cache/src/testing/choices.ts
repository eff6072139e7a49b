/**
 * Source of a test's decisions: a seed, or the list of an earlier run. Every decision is a small number, and 0 is always
 * the most ordinary one (no switch, no fault), so a list can be replayed, shortened and simplified.
 */
export interface Choices {
  /** A number from 0 up to (not including) `count`. */
  pick(count: number): number;
  /** True with the given probability; probability 0 takes no decision from the list. */
  chance(probability: number): boolean;
  /** Decisions so far, to be replayed. */
  readonly taken: readonly number[];
}

/** Random numbers from 0 up to (not including) 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Decisions drawn from a seed. */
export function seededChoices(seed: number): Choices {
  const random = seededRandom(seed);
  const taken: number[] = [];
  const note = (choice: number) => {
    taken.push(choice);
    return choice;
  };
  return {
    taken,
    pick: (count) => (count < 2 ? 0 : note(Math.floor(random() * count))),
    chance: (probability) => probability > 0 && note(random() < probability ? 1 : 0) === 1,
  };
}

/** Decisions of an earlier run; after the end of the list, every decision is the most ordinary one. */
export function replayChoices(list: readonly number[]): Choices {
  const taken: number[] = [];
  const next = (count: number) => {
    const choice = Math.min(list[taken.length] ?? 0, count - 1);
    taken.push(choice);
    return choice;
  };
  return {
    taken,
    pick: (count) => (count < 2 ? 0 : next(count)),
    chance: (probability) => probability > 0 && next(2) === 1,
  };
}

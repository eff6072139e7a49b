import { takeIds } from "./counter.ts";
import type { Database } from "./database.ts";

/**
 * Highest number of ids in a block, and the time after which the rest of a block is dropped: the order of ids then equals the order of time
 * to within a second.
 */
const MOST_IDS = 50;
const LIFE_MS = 1_000;

/** Ids of executions, which a process takes from the counter in blocks: as many as it has used in the last second. */
export interface IdBlocks {
  /** A new id. A retry may leave a gap, never a duplicate. */
  take(db: Database): Promise<number>;
  /** Drops the rest of the block, for a counter that went back: other processes have the following ids. */
  drop(): void;
}

export function createIdBlocks({ now = Date.now }: { now?: () => number } = {}): IdBlocks {
  let block = { next: 0, end: 0, takenMs: -Infinity };
  let filling: Promise<void> | undefined;
  let waiting = 0;
  /** Times at which the last ids were used. */
  let usedMs: number[] = [];

  /** False for a block that is used up or a second old, and after the clock was set back: the process takes a new block. */
  function isGood(): boolean {
    const ageMs = now() - block.takenMs;
    return block.next < block.end && ageMs >= 0 && ageMs < LIFE_MS;
  }

  async function fill(db: Database): Promise<void> {
    const lately = usedMs.filter((ms) => now() - ms < LIFE_MS).length;
    const count = Math.min(MOST_IDS, Math.max(1, lately, waiting));
    const takenMs = now();
    const first = await takeIds(db, "history", { count });
    block = { next: first, end: first + count, takenMs };
  }

  return {
    async take(db) {
      waiting += 1;
      try {
        while (!isGood()) await (filling ??= fill(db).finally(() => (filling = undefined)));
      } finally {
        waiting -= 1;
      }
      usedMs = [...usedMs.slice(1 - MOST_IDS), now()];
      return block.next++;
    },
    drop() {
      block = { ...block, end: 0 };
    },
  };
}

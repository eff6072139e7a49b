import { MemoryStore } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import type { LoadsInOrder } from "./loads-in-order.ts";

/** Counts of a simulation. */
export interface Counts {
  commands: number;
  /** Bytes of the store's answers. */
  bytes: number;
  readUnits: number;
  loads: number;
}

export const noCounts = (): Counts => ({ commands: 0, bytes: 0, readUnits: 0, loads: 0 });

/** Capacity of the simulated Redis: more than any run writes. */
const MAX_BYTES = 4 * 2 ** 30;

/**
 * A store in memory that counts its commands and answers; writes that complete loads wait for their turn.
 */
export function countedStore({
  counts,
  now,
  loads,
}: {
  counts: Counts;
  now: () => number;
  loads: LoadsInOrder;
}): Store {
  const memory = new MemoryStore({ maxBytes: MAX_BYTES, now });
  const ended = { commit: true, release: true };
  return new Proxy<Store>(memory, {
    get: (_, name: keyof Store) => {
      const operation = memory[name as keyof MemoryStore] as
        | ((...args: unknown[]) => Promise<unknown>)
        | undefined;
      if (typeof operation !== "function") return undefined;
      return async (...args: unknown[]) => {
        counts.commands += 1;
        if (name in ended) await loads.arrive(JSON.stringify(keysOf(args[0])), loadsOf(args[0]));
        const answer = await operation.apply(memory, args);
        counts.bytes += sizeOf(answer);
        return answer;
      };
    },
  });
}

/** Names the entries of a write, without random parts. */
const keysOf = (request: unknown): unknown => {
  const { requests, leaseKey } = request as {
    requests?: { entryKey: string }[];
    leaseKey?: string;
  };
  return requests?.map(({ entryKey }) => entryKey) ?? leaseKey;
};

const loadsOf = (request: unknown): number =>
  (request as { requests?: readonly unknown[] }).requests?.length ?? 1;

/** Bytes of the texts in an answer. Entries are ASCII except for their titles: characters are counted. */
function sizeOf(answer: unknown): number {
  if (typeof answer === "string") return answer.length;
  if (typeof answer !== "object" || answer === null) return 0;
  return Object.values(answer).reduce((sum: number, part) => sum + sizeOf(part), 0);
}

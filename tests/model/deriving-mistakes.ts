import type { CacheEntry } from "@algoitny/cache";
import type { Mutation } from "./cache-instance.ts";
import type { Focus } from "./menu.ts";

/** Mistakes of what makes entries from entries, as GraphQL's responses are: each leaves an old value behind. */
export type DerivingMistake =
  /** The stamps are those of entries that are read when the value is made. */
  | "later parts"
  /** The first entry alone is inherited from. */
  | "first part"
  /** The removal of one entry by its key does not reach what was made from it. */
  | "no own tag";

/** Scenarios of entries that are made from two others, with writers between any two steps. */
const DERIVING: Focus = {
  resources: ["derived", "plain"],
  verbs: ["change and read", "read", "delete"],
  loadTrouble: 0,
  storeTrouble: 0,
};

export const DERIVING_MISTAKES: Readonly<Record<string, Mutation>> = {
  "a derived entry has the stamps of entries that were read when it was made": {
    focus: DERIVING,
    mistake: "later parts",
  },
  "a derived entry has the stamps of its first part alone": {
    focus: DERIVING,
    mistake: "first part",
  },
  "a derived entry stands when one of its parts is deleted": {
    focus: DERIVING,
    mistake: "no own tag",
  },
};

/** The entries that a value is said to be made from. */
export async function inheritedFrom<Value>(
  mistake: string | undefined,
  read: readonly CacheEntry<Value>[],
  again: (index: number) => Promise<CacheEntry<Value>>,
): Promise<CacheEntry<Value>[]> {
  if (mistake === "later parts") return Promise.all(read.map((_, index) => again(index)));
  if (mistake === "first part") return read.slice(0, 1);
  if (mistake !== "no own tag") return [...read];
  return read.map((entry) => {
    const tags = entry.tags.filter((tag) => !tag.startsWith("@key:"));
    return { ...entry, tags };
  });
}

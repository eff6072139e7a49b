import type { CacheEntry } from "@algoitny/cache";
import type { Mutation } from "./cache-instance.ts";
import type { Focus } from "./menu.ts";

/** Mistakes in deriving entries from entries, as GraphQL responses are: each leaves an old value behind. */
export type DerivingMistake =
  /** The stamps come from a second read of the parts, not from the read of which the value is made. */
  | "later parts"
  /** Only the first entry is inherited from. */
  | "first part"
  /** Removing one entry by its key does not reach the entries derived from it. */
  | "no own tag";

/** Scenarios of entries derived from one or two others, with writers between any two steps. */
const DERIVING: Focus = {
  resources: ["derived", "plain"],
  verbs: ["change and read", "read", "delete"],
  loadTrouble: 0,
  storeTrouble: 0,
};

export const DERIVING_MISTAKES: Readonly<Record<string, Mutation>> = {
  "a derived entry has the stamps of a second read of its parts": {
    focus: DERIVING,
    mistake: "later parts",
  },
  "a derived entry has only the stamps of its first part": {
    focus: DERIVING,
    mistake: "first part",
  },
  "a derived entry stays valid when one of its parts is deleted": {
    focus: DERIVING,
    mistake: "no own tag",
  },
};

/** The parts that a derived value declares; with a mistake, the wrong ones. */
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

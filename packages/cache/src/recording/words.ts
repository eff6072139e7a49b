import type { Tag } from "../tag.ts";
import type { Scope } from "./load-reads.ts";

/** Highest number of tags whose words a process remembers: 10,000. */
const REMEMBERED = 10_000;

const words = new Map<Tag, string>();

/** Remembers the words behind hashed names, for events. */
export function rememberWords(scopes: readonly Scope[]): void {
  for (const { tag, words: text } of scopes) {
    words.delete(tag);
    words.set(tag, text);
  }
  for (const tag of words.keys()) {
    if (words.size <= REMEMBERED) return;
    words.delete(tag);
  }
}

/** The words of a tag, or its hashed name if this process does not know them. */
export function wordsOf(tag: Tag): string {
  return words.get(tag) ?? tag;
}

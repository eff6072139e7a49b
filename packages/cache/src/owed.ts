import type { Place } from "./keyspace.ts";
import type { Tag } from "./tag.ts";

/** Most invalidations remembered one by one; beyond, everything is owed: 1,000. */
const REMEMBERED = 1_000;

/**
 * Invalidations that the store has not confirmed. They failed, and their callers know; but until they are made up for, this
 * process does not read what they are about, or it would show its own caller's change undone.
 */
export class Owed {
  readonly #everything: Tag;
  /** When each was owed last, by a count: one that failed again meanwhile is not paid by what was sent before. */
  readonly #tags = new Map<Tag, number>();
  readonly #keys = new Map<string, number>();
  readonly #stampOf: (tag: Tag) => string;
  #count = 0;

  constructor(everything: Tag, stampOf: (tag: Tag) => string) {
    this.#everything = everything;
    this.#stampOf = stampOf;
  }

  /** What is owed now, to be handed to `paid` when it has been made up for. */
  list(): Debt {
    return { tags: [...this.#tags], keys: [...this.#keys] };
  }

  addTags(tags: readonly Tag[]): void {
    for (const tag of tags) this.#tags.set(tag, ++this.#count);
    this.#bound();
  }

  addKeys(keys: readonly string[]): void {
    for (const key of keys) this.#keys.set(key, ++this.#count);
    this.#bound();
  }

  paid({ tags, keys }: Debt): void {
    for (const [tag, count] of tags) if (this.#tags.get(tag) === count) this.#tags.delete(tag);
    for (const [key, count] of keys) if (this.#keys.get(key) === count) this.#keys.delete(key);
  }

  /** Whether an entry may be older than an invalidation that failed here. */
  covers({ key, stampKeys }: Place): boolean {
    if (this.#tags.size === 0 && this.#keys.size === 0) return false;
    if (this.#keys.has(key)) return true;
    for (const tag of this.#tags.keys()) if (stampKeys.includes(this.#stampOf(tag))) return true;
    return false;
  }

  #bound(): void {
    if (this.#tags.size + this.#keys.size <= REMEMBERED) return;
    this.#tags.clear();
    this.#keys.clear();
    this.#tags.set(this.#everything, ++this.#count);
  }
}

export interface Debt {
  readonly tags: readonly (readonly [Tag, number])[];
  readonly keys: readonly (readonly [string, number])[];
}

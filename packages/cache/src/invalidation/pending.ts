import { type EntryKeys, EVERYTHING } from "../protocol/key-names.ts";
import type { Tag } from "../tag.ts";

/** Highest number of invalidations that are remembered one by one: 1,000. Beyond it, all entries count as affected. */
const REMEMBERED = 1_000;

/**
 * Invalidations that the store has not confirmed. Their callers know that they failed; but until a retry succeeds, this
 * process does not read the entries that they affect: otherwise its own caller would see the old value again.
 */
export class PendingInvalidations {
  /**
   * Number of the last failure of each, from `#count`: a retry that was sent before that failure does not settle the
   * invalidation.
   */
  readonly #tags = new Map<Tag, number>();
  readonly #keys = new Map<string, number>();
  /** Entries that the store has removed, but whose removal `onInvalidate` has not accepted. */
  readonly #unannounced = new Set<string>();
  readonly #stampOf: (tag: Tag) => string;
  #count = 0;

  constructor(stampOf: (tag: Tag) => string) {
    this.#stampOf = stampOf;
  }

  /** All pending invalidations, to be passed to `settle` after a retry. */
  list(): Pending {
    return { tags: [...this.#tags], keys: [...this.#keys] };
  }

  add({ tags = [], keys = [] }: { tags?: readonly Tag[]; keys?: readonly string[] }): void {
    for (const tag of tags) this.#tags.set(tag, ++this.#count);
    for (const key of keys) this.#keys.set(key, ++this.#count);
    this.#bound();
  }

  settle({ tags, keys }: Pending): void {
    for (const [tag, count] of tags) if (this.#tags.get(tag) === count) this.#tags.delete(tag);
    for (const [key, count] of keys) if (this.#keys.get(key) === count) this.#keys.delete(key);
  }

  unannounced(keys: readonly string[]): void {
    for (const key of keys) this.#unannounced.add(key);
  }

  announced(keys: readonly string[]): void {
    for (const key of keys) this.#unannounced.delete(key);
  }

  toAnnounce(): string[] {
    return [...this.#unannounced];
  }

  /** True if an entry may be older than an invalidation that failed here. */
  affects({ key, stampKeys }: Pick<EntryKeys, "key" | "stampKeys">): boolean {
    if (this.#tags.size === 0 && this.#keys.size === 0) return false;
    if (this.#keys.has(key)) return true;
    for (const tag of this.#tags.keys()) if (stampKeys.includes(this.#stampOf(tag))) return true;
    return false;
  }

  #bound(): void {
    if (this.#tags.size + this.#keys.size <= REMEMBERED) return;
    this.#tags.clear();
    this.#keys.clear();
    this.#tags.set(EVERYTHING, ++this.#count);
  }
}

export interface Pending {
  readonly tags: readonly (readonly [Tag, number])[];
  readonly keys: readonly (readonly [string, number])[];
}

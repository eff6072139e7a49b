import type { LRUCache } from "lru-cache";
import type { Entry } from "./entry.ts";

interface Held {
  entry: Entry;
  /** Wall-clock time up to which it was last known to be current. */
  validatedAtMs: number;
}

/** What an entry takes beside its body, roughly: header, key and bookkeeping. */
const OVERHEAD_CHARACTERS = 512;

/** Entries held in this process, bounded by their size; the least recently used go first. */
export class L1 {
  readonly #maxCharacters: number;
  #entries: LRUCache<string, Held> | undefined;
  #generation = 0;

  /** `maxCharacters` bounds the sum of the bodies' lengths. */
  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** To be awaited before anything is held: processes that hold nothing never load what it takes. */
  async ready(): Promise<void> {
    if (this.#entries !== undefined) return;
    const { LRUCache } = await import("lru-cache");
    this.#entries ??= new LRUCache({
      maxSize: this.#maxCharacters,
      sizeCalculation: ({ entry }) => entry.body.length + OVERHEAD_CHARACTERS,
    });
  }

  /** Grows with every invalidation made in this process; what was validated under an older one is not trusted. */
  get generation(): number {
    return this.#generation;
  }

  get(key: string): Entry | undefined {
    return this.#entries?.get(key)?.entry;
  }

  /** The entry, if it was validated less than `trustMs` ago. A clock that went back trusts nothing. */
  trusted(key: string, nowMs: number, trustMs: number): Entry | undefined {
    const held = this.#entries?.get(key);
    if (held === undefined) return undefined;
    const sinceMs = nowMs - held.validatedAtMs;
    return sinceMs >= 0 && sinceMs < trustMs ? held.entry : undefined;
  }

  /** Holds an entry that was current at `atMs`, under the generation in force before that was asked. */
  put(key: string, entry: Entry, { atMs, generation }: { atMs: number; generation: number }): void {
    const validatedAtMs = generation === this.#generation ? atMs : Number.NEGATIVE_INFINITY;
    this.#entries?.set(key, { entry, validatedAtMs });
  }

  drop(key: string): void {
    this.#entries?.delete(key);
  }

  /** Withdraws the trust in all entries: each is validated by its stamps before it is served again. */
  distrust(): void {
    this.#generation += 1;
    for (const held of this.#entries?.values() ?? []) held.validatedAtMs = Number.NEGATIVE_INFINITY;
  }
}

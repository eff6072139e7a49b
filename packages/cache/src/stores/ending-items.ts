import { Buffer } from "node:buffer";
import { LRUCache } from "lru-cache";

interface Item {
  readonly value: string;
  /** Infinity: the item does not expire. */
  readonly expiresAtMs: number;
}

/** Approximate size of an item without its name and value. */
const OVERHEAD_BYTES = 256;

/** Number of items that each write sweeps: enough to find expired items faster than new ones are written. */
const SWEPT_AT_ONCE = 4;

/**
 * Values with an expiry, bounded by their size in bytes of UTF-8; evicts the least recently used. Expired items are
 * removed when they are read, or by the sweep, which each write advances by a few items.
 */
export class EndingItems {
  readonly #items: LRUCache<string, Item>;
  readonly #now: () => number;
  #sweep: Iterator<string> | undefined;

  constructor(maxBytes: number, now: () => number) {
    this.#items = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ value }, key) =>
        Buffer.byteLength(key) + Buffer.byteLength(value) + OVERHEAD_BYTES,
    });
    this.#now = now;
  }

  get bytes(): number {
    return this.#items.calculatedSize;
  }

  /** An empty value counts as missing. */
  get(key: string): string | null {
    const item = this.#items.get(key);
    if (item === undefined) return null;
    if (this.#now() < item.expiresAtMs) return item.value || null;
    this.#items.delete(key);
    return null;
  }

  /** Remaining lifetime of a key; 0 when it is missing. */
  leftMs(key: string): number {
    return Math.max(0, (this.#items.peek(key)?.expiresAtMs ?? 0) - this.#now());
  }

  set(key: string, value: string, ttlMs: number): void {
    this.#put(key, { value, expiresAtMs: this.#now() + ttlMs });
  }

  /** Replaces the value of an existing key and keeps its expiry. */
  replace(key: string, value: string): void {
    const item = this.#items.get(key);
    if (item) this.#put(key, { ...item, value });
  }

  /** Extends a key's lifetime to at least this time from now. */
  outlive(key: string, ttlMs: number): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    const expiresAtMs = Math.max(item.expiresAtMs, this.#now() + ttlMs);
    this.#put(key, { ...item, expiresAtMs });
  }

  delete(key: string): boolean {
    return this.#items.delete(key);
  }

  /** Names of all items that have not expired, the least recently used first. */
  keys(): string[] {
    const nowMs = this.#now();
    return [...this.#items.rkeys()].filter((key) => {
      const item = this.#items.peek(key);
      return item !== undefined && item.value !== "" && nowMs < item.expiresAtMs;
    });
  }

  #put(key: string, item: Item): void {
    this.#sweepOn();
    this.#items.set(key, item);
  }

  /**
   * An item is removed after the sweep has left it, so that the sweep can go on; the last one of each call is left for a
   * later pass.
   */
  #sweepOn(): void {
    const nowMs = this.#now();
    let ended: string | undefined;
    for (let step = 0; step < SWEPT_AT_ONCE; step += 1) {
      this.#sweep ??= this.#items.rkeys();
      const { done, value } = this.#sweep.next();
      if (ended !== undefined) this.#items.delete(ended);
      if (done) {
        this.#sweep = undefined;
        return;
      }
      const item = this.#items.peek(value);
      ended = item !== undefined && nowMs >= item.expiresAtMs ? value : undefined;
    }
  }
}

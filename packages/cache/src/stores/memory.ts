import { CacheError } from "../errors.ts";
import { storedIdOf } from "../protocol/entry.ts";
import { hardPart } from "../protocol/stamp.ts";
import {
  BACKOFF,
  type CommitRequest,
  type ExpireRequest,
  type LeaseBatch,
  type LeaseGrant,
  type LeaseRequest,
  type ReleaseRequest,
  type StampKey,
  type Store,
  type UniqueName,
} from "../store.ts";
import { EndingItems } from "./ending-items.ts";

export interface MemoryStoreOptions {
  /** Most that it holds, in bytes. Default 64 MiB. */
  maxBytes?: number;
  now?: () => number;
}

/** 64 MiB. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A store in this process: for tests, tools and single-process programs. It keeps the promises of the real one, since
 * every operation runs to its end without interruption. Several caches may share one. It holds at most `maxBytes` (64 MiB
 * by default) and lets go of what was not used for the longest time.
 */
export class MemoryStore implements Store {
  readonly #items: EndingItems;
  readonly #now: () => number;

  constructor({ maxBytes = MAX_BYTES, now = Date.now }: MemoryStoreOptions = {}) {
    if (!(Number.isInteger(maxBytes) && maxBytes >= 1))
      throw new CacheError(
        "definition_invalid",
        "MemoryStore: make maxBytes a whole number of 1 or more",
      );
    this.#items = new EndingItems(maxBytes, now);
    this.#now = now;
  }

  /** How much it holds: names and values in UTF-8, and what each takes beside. */
  get bytes(): number {
    return this.#items.bytes;
  }

  async mget(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.#items.get(key));
  }

  async lease(batch: LeaseBatch) {
    const unique = this.#drawing(batch);
    return batch.requests.map((request) => {
      return { ok: true as const, value: this.#lease(request, batch, unique) };
    });
  }

  async commit(requests: readonly CommitRequest[]) {
    return requests.map((request) => ({ ok: true as const, value: this.#commit(request) }));
  }

  async release({ leaseKey, token, backoffMs }: ReleaseRequest): Promise<void> {
    if (this.#items.get(leaseKey) !== token) return;
    if (backoffMs > 0) this.#items.set(leaseKey, BACKOFF, backoffMs);
    else this.#items.delete(leaseKey);
  }

  async expire(request: ExpireRequest): Promise<void> {
    const unique = this.#drawing(request);
    for (const key of request.keys) {
      const stamp = this.#items.get(key);
      if (stamp !== null)
        this.#items.replace(key, `${hardPart(stamp)}~${unique()}.${request.nowMs}`);
    }
  }

  async delete(keys: readonly string[]): Promise<number> {
    return keys.filter((key) => this.#items.get(key) !== null && this.#items.delete(key)).length;
  }

  /** Walks over everything in one step: a walk in parts would skip keys when others are deleted meanwhile. */
  async scan({ pattern }: { pattern: string }) {
    const matches = globMatcher(pattern);
    const keys = this.#items.keys().filter(matches);
    return { cursor: "0", keys };
  }

  /** Gives the same unique name at every call, drawn when it is asked for first. */
  #drawing({ seqKey, random }: UniqueName): () => string {
    let number: number | undefined;
    return () => {
      if (number === undefined) {
        const last = this.#items.get(seqKey);
        number = last === null ? this.#now() * 1_000 : Number(last) + 1;
        this.#items.set(seqKey, String(number), Number.POSITIVE_INFINITY);
      }
      return `${number}.${random}`;
    };
  }

  #lease(request: LeaseRequest, batch: LeaseBatch, unique: () => string): LeaseGrant {
    const stamps = request.stamps.map((stamp) => this.#stamp(stamp, request, batch, unique));
    const entry = this.#items.get(request.entryKey);
    const seen = request.seenEntryId !== null && entry?.startsWith(request.seenEntryId) === true;
    if (entry !== null && !seen) return { granted: false, token: "", stamps, entry, seen };
    const holder = this.#items.get(request.leaseKey);
    if (holder === null) {
      const token = unique();
      this.#items.set(request.leaseKey, token, request.leaseMs);
      return { granted: true, token, stamps, entry: null, seen };
    }
    const isOwn = holder.replace(/^.*?\./, "") === batch.random;
    return { granted: isOwn, token: isOwn ? holder : "", stamps, entry: null, seen };
  }

  #stamp(
    { key, permanent }: StampKey,
    { stampTtlMs }: LeaseRequest,
    { nowMs }: LeaseBatch,
    unique: () => string,
  ): string {
    const there = this.#items.get(key);
    if (there !== null) return there;
    const stamp = `${unique()}.${nowMs}`;
    this.#items.set(key, stamp, permanent ? Number.POSITIVE_INFINITY : stampTtlMs);
    return stamp;
  }

  #commit(request: CommitRequest): boolean {
    if (this.#items.get(request.leaseKey) !== request.token) {
      const entry = this.#items.get(request.entryKey);
      return entry !== null && storedIdOf(entry) === storedIdOf(request.entry);
    }
    this.#items.delete(request.leaseKey);
    const isUnchanged = request.stamps.every(
      ({ key, expected }) => expected === null || this.#items.get(key) === expected,
    );
    if (!isUnchanged) return false;
    for (const { key } of request.stamps) this.#items.outlive(key, request.stampTtlMs);
    this.#items.set(request.entryKey, request.entry, request.entryTtlMs);
    return true;
  }
}

/** A test for Redis globs: `*`, `?`, `[a-c]`, `[^x]` and backslash escapes. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(
    /\\(.)|\*|\?|\[\^?[^\]]+\]|[.+^${}()|[\]\\]/g,
    (part, escaped: string | undefined) => {
      if (escaped !== undefined) return escaped.replace(/[^\w]/, "\\$&");
      if (part === "*") return "[^]*";
      if (part === "?") return "[^]";
      return part.length > 2 ? characterClass(part) : `\\${part}`;
    },
  );
  const expression = new RegExp(`^${source}$`);
  return (name) => expression.test(name);
}

/** Redis takes the ends of a range in any order. */
function characterClass(part: string): string {
  return part.replace(/([^[^])-(.)/g, (range, from: string, to: string) =>
    from <= to ? range : `${to}-${from}`,
  );
}

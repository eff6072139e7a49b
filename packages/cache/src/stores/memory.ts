import { storedIdOf } from "../entry.ts";
import { hardPart } from "../stamp.ts";
import {
  BACKOFF,
  type BumpRequest,
  type CommitRequest,
  type LeaseGrant,
  type LeaseRequest,
  type ReleaseRequest,
  type Store,
} from "../store.ts";

interface Item {
  value: string;
  expiresAtMs: number;
}

/**
 * A store in this process: for tests, tools and single-process programs. It keeps the promises of the real one, since
 * every operation runs to its end without interruption. Several caches may share one. Its size is not bounded.
 */
export class MemoryStore implements Store {
  readonly #items = new Map<string, Item>();
  readonly #now: () => number;

  constructor({ now = Date.now }: { now?: () => number } = {}) {
    this.#now = now;
  }

  async mget(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.#get(key));
  }

  async lease(requests: readonly LeaseRequest[]) {
    return requests.map((request) => ({ ok: true as const, value: this.#lease(request) }));
  }

  async commit(requests: readonly CommitRequest[]) {
    return requests.map((request) => ({ ok: true as const, value: this.#commit(request) }));
  }

  async release({ leaseKey, token, backoffMs }: ReleaseRequest): Promise<void> {
    if (this.#get(leaseKey) !== token) return;
    if (backoffMs > 0) this.#set(leaseKey, BACKOFF, backoffMs);
    else this.#items.delete(leaseKey);
  }

  async bump({ stamps, ttlMs, soft }: BumpRequest): Promise<void> {
    for (const { key, stamp } of stamps) {
      const untilMs = soft ? (this.#items.get(key)?.expiresAtMs ?? 0) : 0;
      this.#set(key, soft ? `${hardPart(this.#get(key) ?? stamp)}~${stamp}` : stamp, ttlMs);
      this.#outlive(key, untilMs - this.#now());
    }
  }

  async delete(keys: readonly string[]): Promise<number> {
    return keys.filter((key) => this.#get(key) !== null && this.#items.delete(key)).length;
  }

  /** Walks over everything in one step: a walk in parts would skip keys when others are deleted meanwhile. */
  async scan({ pattern }: { pattern: string }) {
    const matches = globMatcher(pattern);
    const keys = [...this.#items.keys()].filter(
      (name) => matches(name) && this.#get(name) !== null,
    );
    return { cursor: "0", keys };
  }

  #lease(request: LeaseRequest): LeaseGrant {
    const stamps = request.stampKeys.map((key, index) => {
      const stamp = this.#get(key) ?? (request.freshStamps[index] as string);
      if (this.#get(key) === null) this.#set(key, stamp, request.stampTtlMs);
      return stamp;
    });
    const entry = this.#get(request.entryKey);
    const seen = request.seenEntryId !== null && entry?.startsWith(request.seenEntryId) === true;
    const { token } = request;
    if (entry !== null && !seen) return { granted: false, token, stamps, entry, seen };
    const holder = this.#get(request.leaseKey);
    const granted = holder === null || holder === request.formerToken;
    if (granted) this.#set(request.leaseKey, token, request.leaseMs);
    return { granted, token, stamps, entry: null, seen };
  }

  #commit(request: CommitRequest): boolean {
    if (this.#get(request.leaseKey) !== request.token) {
      const entry = this.#get(request.entryKey);
      return entry !== null && storedIdOf(entry) === storedIdOf(request.entry);
    }
    this.#items.delete(request.leaseKey);
    for (const { key, expected } of request.stamps) {
      const stamp = this.#get(key);
      if (stamp === null || (expected !== null && stamp !== expected)) return false;
    }
    for (const { key } of request.stamps) this.#outlive(key, request.stampTtlMs);
    this.#set(request.entryKey, request.entry, request.entryTtlMs);
    return true;
  }

  #get(key: string): string | null {
    const item = this.#items.get(key);
    if (item === undefined) return null;
    if (this.#now() < item.expiresAtMs) return item.value;
    this.#items.delete(key);
    return null;
  }

  /** Lets a key live at least so long from now. */
  #outlive(key: string, ttlMs: number): void {
    const item = this.#items.get(key);
    if (item) item.expiresAtMs = Math.max(item.expiresAtMs, this.#now() + ttlMs);
  }

  #set(key: string, value: string, ttlMs: number): void {
    this.#items.set(key, { value, expiresAtMs: this.#now() + ttlMs });
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

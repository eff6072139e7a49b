import { LRUCache } from "lru-cache";
import type { Entry } from "../protocol/entry.ts";
import { type EntryKeys, entryKeys } from "../protocol/key-names.ts";
import type { Engine } from "./context.ts";
import type { Sent } from "./exchange.ts";
import { type Found, judgeEntry, lookAt } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import { NEVER } from "./unreachable.ts";

interface Held {
  entry: Entry;
  /**
   * Time up to which the entry was last known to be current, by the wall clock and the monotonic clock, and the
   * generation at that time.
   */
  validated: Pick<Sent, "atMs" | "monotonicMs" | "generation">;
}

/** Approximate size of an entry without its body and text: header, key and bookkeeping. */
const OVERHEAD_BYTES = 512;

/** Highest number of parameters of a resource for which `EntryKeys` are kept: 1,000, which take about 2 MB. */
const NAMED = 1_000;

/**
 * Highest number of characters of a parameter for which `EntryKeys` are kept: their names repeat it, and `maxBytes`
 * does not count them.
 */
const NAMED_LENGTH = 200;

/** Entries kept in this process (L1), bounded by their size; evicts the least recently used. */
export class HeldEntries {
  readonly #entries: LRUCache<string, Held>;
  readonly #keys = new WeakMap<object, Map<unknown, EntryKeys>>();

  /** `maxBytes` limits the sum of bodies, of the texts that they are decoded to, and of `OVERHEAD_BYTES` for each entry. */
  constructor(maxBytes: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ entry: { header, body } }) => {
        const isText = header.coding === "identity" && header.kind === "json";
        return header.plainLength + (isText ? 0 : body.length) + OVERHEAD_BYTES;
      },
    });
  }

  /**
   * Keeps an entry that was current at the moment `validated`, before a request was sent; without such a moment, it is
   * validated before it is served.
   */
  put(key: string, entry: Entry, validated: Held["validated"] = NEVER): void {
    const held = this.#entries.peek(key);
    if (held?.entry.id === entry.id) held.validated = validated;
    else this.#entries.set(key, { entry: { kept: {}, ...entry }, validated });
  }

  /**
   * Names of an entry, kept for each short text or number: making those of many entries costs more than judging them.
   */
  readonly keysOf: typeof entryKeys = (space, resource, params) => {
    if (resource.l1TrustMs === null || Object(params) === params || isLong(params))
      return entryKeys(space, resource, params);
    const known = this.#keys.get(resource) ?? new Map<unknown, EntryKeys>();
    this.#keys.set(resource, known);
    const there = known.get(params);
    if (there) return there;
    const made = entryKeys(space, resource, params);
    if (known.size === NAMED) known.clear();
    known.set(params, made);
    return made;
  };

  /** True if an entry is kept, current or not. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /**
   * Looks at many entries of a resource: those that the process still trusts are served without a request; of the
   * others that it keeps only the stamps are requested, and of the rest the entries too.
   */
  async lookUp(engine: Engine, reads: readonly AnyRead[]): Promise<Found[]> {
    const trusted = reads.map((read) => this.#trusted(engine, read));
    const open = reads.filter((_, index) => trusted[index] === undefined);
    const results = (await this.#lookAt(engine, open)).values();
    return trusted.map((each) => each ?? (results.next().value as Found));
  }

  /** An entry that was validated within its trust time and after the last invalidation of this process. */
  #trusted(engine: Engine, read: AnyRead): Found | undefined {
    const held = read.isExact ? undefined : this.#entries.get(read.keys.key);
    if (held === undefined || held.validated.generation !== engine.l1.generation) return undefined;
    const nowMs = engine.clock.now();
    const trustMs = read.resource.l1TrustMs ?? 0;
    // The wall clock counts the time of a freeze, and the monotonic clock exposes a wall clock that was set back.
    if (!isWithin(nowMs - held.validated.atMs, trustMs)) return undefined;
    if (!isWithin(engine.clock.monotonic() - held.validated.monotonicMs, trustMs)) return undefined;
    const { stamps } = held.entry.header;
    const look = judgeEntry(engine, read, held.entry, { stamps, closedMs: null, l1: true });
    if (look.state !== "fresh") return undefined;
    return { read, look, lease: null, closedMs: null, sent: { ...NEVER, atMs: nowMs } };
  }

  /**
   * Asks the store, and keeps fresh entries. Drops a kept entry that turns out not to be fresh. After an invalidation,
   * the request for the lease returns the store's newer entry, if there is one; otherwise, for example after an expiry,
   * a second look gets the entry in the store, which may be newer.
   */
  async #lookAt(engine: Engine, reads: readonly AnyRead[]): Promise<Found[]> {
    if (reads.length === 0) return [];
    const held = reads.map(({ keys }) => this.#entries.get(keys.key)?.entry);
    const found = await lookAt(engine, reads, { held });
    const again = found.filter(({ read, look, sent }, index) => {
      if (look.state === "fresh") this.put(read.keys.key, look.entry, sent);
      if (!held[index] || look.state === "fresh" || look.state === "down") return false;
      this.#entries.delete(read.keys.key);
      return !(look.state === "miss" && look.reason === "invalidated");
    });
    const repeated = again.map(({ read }) => read);
    const results = (await this.#lookAt(engine, repeated)).values();
    return found.map((each) => (again.includes(each) ? (results.next().value as Found) : each));
  }
}

const isLong = (params: unknown): boolean =>
  typeof params === "string" && params.length > NAMED_LENGTH;

/** After a clock went back, nothing is trusted. */
function isWithin(sinceMs: number, limitMs: number): boolean {
  return sinceMs >= 0 && sinceMs < limitMs;
}

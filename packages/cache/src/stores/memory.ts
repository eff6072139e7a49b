import { checkGiven } from "../faults.ts";
import { Buffer } from "node:buffer";
import { refuse } from "../errors.ts";
import { globMatcher } from "../redis-glob.ts";
import { BUDGET_WINDOW_MS, OVER_BUDGET_MS } from "../protocol/byte-budget.ts";
import { hardPart } from "../protocol/stamp.ts";
import { bodyIn, entryText, stampsIn, storedIdOf } from "../protocol/write-entry.ts";
import {
  BACKOFF,
  type ByteBudget,
  type BeatRequest,
  type BeatResult,
  type BeginRequest,
  type BeginResult,
  type CommitBatch,
  type CommitRequest,
  type CommitResult,
  type EndRequest,
  type ExpireRequest,
  type FollowRequest,
  type LeaseBatch,
  type LeaseGrant,
  type LeaseRequest,
  type ReleaseRequest,
  type RevalidateRequest,
  type StampKey,
  type StampsRequest,
  type Store,
  type UniqueName,
  type WalkRequest,
} from "../store.ts";
import { EndingItems } from "./ending-items.ts";

export interface MemoryStoreOptions {
  /** Capacity in bytes. Default 64 MiB. */
  maxBytes?: number;
  now?: () => number;
}

/** 64 MiB. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A store in this process: for tests, tools and single-process programs. It gives the guarantees of a Redis store,
 * because every operation runs without interruption. Several caches may share one. It holds at most `maxBytes` (64 MiB by
 * default) and evicts the least recently used.
 */
export class MemoryStore implements Store {
  readonly #items: EndingItems;
  readonly #now: () => number;

  constructor(options: MemoryStoreOptions = {}) {
    checkGiven(options, "maxBytes now", "MemoryStore: ");
    const { maxBytes = MAX_BYTES, now = Date.now } = options;
    if (typeof now !== "function") refuse("MemoryStore: now is not a function");
    if (!(Number.isInteger(maxBytes) && maxBytes >= 1))
      refuse("MemoryStore: make maxBytes a whole number of 1 or more");
    this.#items = new EndingItems(maxBytes, now);
    this.#now = now;
  }

  /** Size of all items: names and values in UTF-8, and the overhead of each. */
  get bytes(): number {
    return this.#items.bytes;
  }

  async mget(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.#items.get(key));
  }

  async follow(request: FollowRequest) {
    const { followed } = await import("../protocol/tags-in-text.ts");
    return followed(request, (key) => this.#items.get(key));
  }

  async revalidate({ keys, stampCount, etags }: RevalidateRequest): Promise<(string | null)[]> {
    const { headFor } = await import("../protocol/copies.ts");
    const values = await this.mget(keys);
    const stamps = values.slice(1, 1 + stampCount);
    const head = headFor(values[0] ?? "", { stamps, etags });
    return head === null ? values : [head, ...values.slice(1 + stampCount)];
  }

  async lease(batch: LeaseBatch) {
    const unique = this.#drawing(batch);
    return batch.requests.map((request) => {
      return { ok: true as const, value: this.#lease(request, batch, unique) };
    });
  }

  async stamps(request: StampsRequest): Promise<string[]> {
    const unique = this.#drawing(request);
    return request.keys.map((key) => this.#stamp({ key, permanent: false }, request, unique));
  }

  async commit(batch: CommitBatch) {
    const unique = this.#drawing(batch);
    return batch.requests.map((request) => {
      return { ok: true as const, value: this.#commit(request, unique) };
    });
  }

  async begin(request: BeginRequest): Promise<BeginResult> {
    const unique = this.#drawing(request);
    for (const key of request.holdKeys) {
      const other = this.#items.get(key);
      const holder = other === null || other === request.id ? request.id : SHARED;
      const leftMs = Math.max(this.#items.leftMs(key), request.holdMs);
      this.#items.set(key, holder, leftMs);
    }
    for (const key of request.stampKeys) this.#items.delete(key);
    const { entry } = request;
    if (entry === null) return { token: "", stamps: [] };
    const token = unique();
    this.#items.set(entry.leaseKey, token, entry.leaseMs);
    this.#items.delete(entry.entryKey);
    return {
      token,
      stamps: entry.stamps.map((stamp) => this.#stamp(stamp, entry, unique)),
    };
  }

  async end(request: EndRequest): Promise<{ stored: boolean }> {
    const unique = this.#drawing(request);
    const { entry, target, stampKeys, holdKeys } = request;
    const there = entry && this.#items.get(entry.entryKey);
    if (entry && there && storedIdOf(there) === entry.id) return { stored: true };
    const own = holdKeys.filter((key) => this.#items.get(key) === request.id);
    const stored =
      entry !== null &&
      this.#items.get(entry.leaseKey) === entry.token &&
      own.length === holdKeys.length &&
      entry.compare.every(({ key, stamp }) => this.#items.get(key) === stamp) &&
      entry.holds.every((key) => [null, request.id].includes(this.#items.get(key))) &&
      entry.stamps.every(({ key, stamp }) => this.#items.get(key) === stamp);
    const removed = target === null ? [] : [target.entryKey, target.leaseKey];
    for (const key of [...stampKeys, ...own, ...removed]) this.#items.delete(key);
    if (!stored) return { stored: false };
    const stamps = entry.stamps.map((stamp) => this.#stamp(stamp, entry, unique));
    for (const { key } of entry.stamps) this.#items.outlive(key, entry.stampTtlMs);
    this.#items.set(entry.entryKey, entryText(entry.id, stamps, entry.rest), entry.entryTtlMs);
    return { stored: true };
  }

  async beat(request: BeatRequest): Promise<BeatResult> {
    const { closedKey, stampKey, expected, closedMs, random } = request;
    const now = this.#items.get(closedKey);
    const value = `${closedMs}.${random}.`;
    if (now === value) return { state: "advanced", value };
    if (now !== null && now !== expected && Number.parseInt(now) >= closedMs)
      return { state: "late", value: now };
    const isSame = now !== null && now === expected;
    if (!isSame) this.#items.delete(stampKey);
    this.#items.set(closedKey, value, Number.POSITIVE_INFINITY);
    return { state: isSame ? "advanced" : "cleared", value };
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
        this.#items.replace(key, `${hardPart(stamp)}~${unique()}.${this.#stampMs}`);
    }
  }

  /** Writes any text under a key, as a foreign program would: for tests. */
  put(key: string, text: string, ttlMs = Number.POSITIVE_INFINITY): void {
    this.#items.set(key, text, ttlMs);
  }

  async delete(keys: readonly string[]): Promise<number> {
    return keys.filter((key) => this.#items.get(key) !== null && this.#items.delete(key)).length;
  }

  /** Walks over everything in one step: a walk in parts would skip keys when others are deleted meanwhile. */
  async walk({ pattern, remove }: Pick<WalkRequest, "pattern" | "remove">) {
    for (const key of remove) this.#items.delete(key);
    const matches = globMatcher(pattern);
    const keys = this.#items.keys().filter(matches);
    return { cursor: "0", keys };
  }

  /** Whole, because a stamp's time follows its last dot; rounded up, because one that looks older would settle too early. */
  get #stampMs(): number {
    return Math.ceil(this.#now());
  }

  /** Makes a function that returns the same unique name at every call, drawn at the first one. */
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
    const stamps = request.stamps.map((stamp) => this.#stamp(stamp, request, unique));
    const common = { atMs: this.#now(), stamps };
    const entry = this.#items.get(request.entryKey);
    const seenId = request.force ? null : request.seenEntryId;
    const seen = seenId !== null && entry?.startsWith(seenId) === true;
    if (entry !== null && !seen && !request.force)
      return { ...common, granted: false, token: "", entry, seen };
    const holder = this.#holder(request.leaseKey);
    const isOwn = holder?.replace(/^.*?\./, "") === batch.random;
    if (isOwn) return { ...common, granted: true, token: holder, entry: null, seen };
    if (holder !== null && !request.force)
      return { ...common, granted: false, token: "", entry: null, seen };
    const token = unique();
    this.#items.set(request.leaseKey, token, request.leaseMs);
    return { ...common, granted: true, token, entry: null, seen };
  }

  /**
   * Holder of a lease. A lease without an expiry was not made by the cache and counts as unheld: readers do not wait for
   * it.
   */
  #holder(leaseKey: string): string | null {
    const holder = this.#items.get(leaseKey);
    return this.#items.leftMs(leaseKey) === Number.POSITIVE_INFINITY ? null : holder;
  }

  #stamp(
    { key, permanent }: StampKey,
    { stampTtlMs }: Pick<LeaseRequest, "stampTtlMs">,
    unique: () => string,
  ): string {
    const there = this.#items.get(key);
    if (there !== null) return there;
    const stamp = `${unique()}.${this.#stampMs}`;
    this.#items.set(key, stamp, permanent ? Number.POSITIVE_INFINITY : stampTtlMs);
    return stamp;
  }

  #commit(request: CommitRequest, unique: () => string): CommitResult {
    const there = this.#items.get(request.entryKey);
    if (this.#items.get(request.leaseKey) !== request.token) {
      // An earlier attempt of the same commit may have stored it.
      if (there === null || storedIdOf(there) !== request.id)
        return { state: "refused", stamps: [] };
      return { state: this.#isOutdated(request) ? "outdated" : "stored", stamps: stampsIn(there) };
    }
    this.#items.delete(request.leaseKey);
    let state: CommitResult["state"] = "stored";
    const stamps: string[] = [];
    for (const rule of request.stamps) {
      const now = this.#items.get(rule.key);
      let recorded = rule.stamp;
      if (rule.rule === "adopt") {
        recorded = now ?? `${unique()}.${this.#stampMs}`;
        if (now === null) this.#items.set(rule.key, recorded, request.stampTtlMs);
        const numbers = recorded.split("~").map((part) => Number.parseInt(part));
        if (state === "stored" && !numbers.every((number) => number <= Number(rule.stamp)))
          state = "unfenced";
      } else if (!["tolerate", "note"].includes(rule.rule) && now !== rule.stamp) state = "refused";
      if (rule.hold !== null && this.#items.get(rule.hold) !== null) state = "refused";
      if (rule.rule !== "compare") stamps.push(recorded);
    }
    const body = request.bodyOfId === null ? "" : bodyIn(there, request.bodyOfId);
    if (body === null) state = "refused";
    if (state !== "stored") return { state, stamps };
    for (const { key, rule } of request.stamps)
      if (rule !== "compare") this.#items.outlive(key, request.stampTtlMs);
    const text = entryText(request.id, stamps, request.rest + body);
    const isWithin = this.#spend(request.budget, Buffer.byteLength(text));
    const ttlMs = isWithin ? request.entryTtlMs : Math.min(request.entryTtlMs, OVER_BUDGET_MS);
    this.#items.set(request.entryKey, text, ttlMs);
    if (this.#isOutdated(request)) return { state: "outdated", stamps };
    return { state: isWithin ? "stored" : "over-budget", stamps };
  }

  #isOutdated({ stamps }: CommitRequest): boolean {
    return stamps.some(({ key, rule, stamp }) => rule === "note" && this.#items.get(key) !== stamp);
  }

  /** Takes bytes from a budget; false if they exceed what is left. */
  #spend(budget: ByteBudget | undefined, bytes: number): boolean {
    if (budget === undefined) return true;
    const spent = (Number(this.#items.get(budget.key)) || 0) + bytes;
    const leftMs = this.#items.leftMs(budget.key);
    this.#items.set(budget.key, String(spent), leftMs > 0 ? leftMs : BUDGET_WINDOW_MS);
    return spent <= budget.bytesPerMinute;
  }
}

/** Value of a hold that several changes share. */
const SHARED = "*";

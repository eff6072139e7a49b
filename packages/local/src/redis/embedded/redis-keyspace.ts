import { RedisError } from "../reply.ts";
import { WRONG_TYPE } from "./arguments.ts";
import type { Bytes } from "./bytes.ts";

/** Values by the type names that `TYPE` returns. */
export interface ValuesByType {
  string: Bytes;
  list: Bytes[];
  hash: Map<Bytes, Bytes>;
  set: Set<Bytes>;
  /** Member → score, in the order of the writes: ranges sort it. */
  zset: Map<Bytes, number>;
}

export type Type = keyof ValuesByType;

interface Entry<T extends Type = Type> {
  type: T;
  value: ValuesByType[T];
  /** Expiry as Unix ms; undefined for a key without one. */
  expiresAtMs: number | undefined;
}

const EMPTY: { [T in Exclude<Type, "string">]: () => ValuesByType[T] } = {
  list: () => [],
  hash: () => new Map(),
  set: () => new Set(),
  zset: () => new Map(),
};

/** One database: keys, values, expiry. For every method an expired key is absent. */
export class Keyspace {
  readonly #entries = new Map<Bytes, Entry>();
  readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  #at(key: Bytes): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAtMs === undefined || entry.expiresAtMs > this.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  has(key: Bytes): boolean {
    return this.#at(key) !== undefined;
  }

  typeOf(key: Bytes): Type | undefined {
    return this.#at(key)?.type;
  }

  /** A key's value, undefined when it is absent; throws WRONGTYPE. */
  read<T extends Type>(key: Bytes, type: T): ValuesByType[T] | undefined {
    const entry = this.#at(key);
    if (entry === undefined) return undefined;
    if (entry.type !== type) throw new RedisError(WRONG_TYPE);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type has just been compared
    return entry.value as ValuesByType[T];
  }

  /** A collection to add to, created when it is absent; throws WRONGTYPE. */
  open<T extends Exclude<Type, "string">>(key: Bytes, type: T): ValuesByType[T] {
    const existing = this.read(key, type);
    if (existing !== undefined) return existing;
    const value: ValuesByType[T] = EMPTY[type]();
    this.#entries.set(key, { type, value, expiresAtMs: undefined });
    return value;
  }

  /**
   * Replaces a key's value, of any type; removes its expiry unless another one is given. An empty collection removes the
   * key.
   */
  write<T extends Type>(key: Bytes, type: T, value: ValuesByType[T], expiresAtMs?: number): void {
    this.#entries.set(key, { type, value, expiresAtMs });
    this.dropEmpty(key);
  }

  /** Replaces a string's value and keeps its expiry. */
  overwrite(key: Bytes, value: Bytes): void {
    this.write(key, "string", value, this.expiryOf(key));
  }

  /** Removes the key of a collection without elements. */
  dropEmpty(key: Bytes): void {
    const value = this.#entries.get(key)?.value;
    if (value === undefined || typeof value === "string") return;
    if ((Array.isArray(value) ? value.length : value.size) === 0) this.#entries.delete(key);
  }

  delete(key: Bytes): boolean {
    const existed = this.has(key);
    this.#entries.delete(key);
    return existed;
  }

  /** Renames a key, with its expiry; an existing key of the new name is replaced. */
  move(from: Bytes, to: Bytes): void {
    const entry = this.#at(from);
    if (entry === undefined) return;
    this.#entries.delete(from);
    this.#entries.set(to, entry);
  }

  expiryOf(key: Bytes): number | undefined {
    return this.#at(key)?.expiresAtMs;
  }

  /** Sets or removes an existing key's expiry. */
  expireAt(key: Bytes, atMs: number | undefined): void {
    const entry = this.#at(key);
    if (entry !== undefined) entry.expiresAtMs = atMs;
  }

  keys(): Bytes[] {
    return [...this.#entries.keys()].filter((key) => this.has(key));
  }

  clear(): void {
    this.#entries.clear();
  }
}

import type {
  BeatRequest,
  BeginRequest,
  CommitBatch,
  EndRequest,
  ExpireRequest,
  FollowRequest,
  LeaseBatch,
  Reads,
  ReleaseRequest,
  RevalidateRequest,
  StampsRequest,
  Store,
  WalkRequest,
} from "../store.ts";
import { MemoryStore } from "../stores/memory.ts";

export interface TestStoreOptions {
  /** Default: the system's clock. */
  now?: () => number;
  /**
   * Longest lag, in ms, of the replica that answers `mget` unless the primary is requested. Default 0: there is no
   * replica.
   */
  lagMs?: number;
  /** Number of the changes within the lag that the replica has already seen: 0 to `most`. Default: none. */
  seen?: (most: number) => number;
}

/** A store in memory that can evict keys, lose everything, and answer reads from a lagging replica. */
export class TestStore implements Store {
  readonly #now: () => number;
  readonly #lagMs: number;
  readonly #seen: (most: number) => number;
  #primary: MemoryStore;
  #replica: Replica;

  constructor({ now = Date.now, lagMs = 0, seen = () => 0 }: TestStoreOptions = {}) {
    this.#now = now;
    this.#lagMs = lagMs;
    this.#seen = seen;
    this.#primary = new MemoryStore({ now });
    this.#replica = new Replica(now);
  }

  async mget(keys: readonly string[], from?: Reads): Promise<(string | null)[]> {
    if (this.#lagMs === 0 || from === "primary") return this.#primary.mget(keys);
    await this.#replica.catchUp(this.#now() - this.#lagMs, this.#seen);
    return this.#replica.store.mget(keys);
  }

  lease(batch: LeaseBatch) {
    return this.#change((store) => store.lease(batch));
  }

  follow(request: FollowRequest) {
    return this.#primary.follow(request);
  }

  revalidate(request: RevalidateRequest) {
    return this.#primary.revalidate(request);
  }

  stamps(request: StampsRequest) {
    return this.#change((store) => store.stamps(request));
  }

  commit(batch: CommitBatch) {
    return this.#change((store) => store.commit(batch));
  }

  begin(request: BeginRequest) {
    return this.#change((store) => store.begin(request));
  }

  end(request: EndRequest) {
    return this.#change((store) => store.end(request));
  }

  beat(request: BeatRequest) {
    return this.#change((store) => store.beat(request));
  }

  release(request: ReleaseRequest): Promise<void> {
    return this.#change((store) => store.release(request));
  }

  expire(request: ExpireRequest): Promise<void> {
    return this.#change((store) => store.expire(request));
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#change((store) => store.delete(keys));
  }

  walk(request: WalkRequest) {
    return this.#change((store) => store.walk(request));
  }

  /** Writes any text under a key, as a foreign program would. */
  put(key: string, text: string, ttlMs?: number): void {
    void this.#change(async (store) => store.put(key, text, ttlMs));
  }

  /** Evicts keys, as a store that is short of memory does, and returns how many existed. */
  evict(keys: readonly string[]): Promise<number> {
    return this.delete(keys);
  }

  /** Loses everything, as a store without persistence does at a restart. */
  restart(): void {
    this.#primary = new MemoryStore({ now: this.#now });
    this.#replica = new Replica(this.#now);
  }

  /** Names of all keys, the least recently used first. */
  async keys(): Promise<string[]> {
    return (await this.#primary.walk({ pattern: "*", remove: [] })).keys;
  }

  #change<T>(run: (store: MemoryStore) => Promise<T>): Promise<T> {
    if (this.#lagMs > 0) this.#replica.record(run);
    return run(this.#primary);
  }
}

type Change = (store: MemoryStore) => Promise<unknown>;

/** Replays the primary's changes on the replica later, in their order and with their original times. */
class Replica {
  readonly store: MemoryStore;
  readonly #now: () => number;
  readonly #behind: { atMs: number; run: Change }[] = [];
  #applyingMs: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
    this.store = new MemoryStore({ now: () => this.#applyingMs ?? now() });
  }

  record(run: Change): void {
    this.#behind.push({ atMs: this.#now(), run });
  }

  /** Memory stores do their work before they return a promise, so the changes are made in order and at once. */
  async catchUp(untilMs: number, seen: (most: number) => number): Promise<void> {
    const due = this.#behind.filter(({ atMs }) => atMs <= untilMs).length;
    const changes = this.#behind.splice(0, due + seen(this.#behind.length - due));
    await Promise.all(
      changes.map(({ atMs, run }) => {
        this.#applyingMs = atMs;
        const done = run(this.store);
        this.#applyingMs = null;
        return done;
      }),
    );
  }
}

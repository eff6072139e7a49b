import { type Duration, toMs } from "../duration.ts";
import type { Engine } from "../engine/context.ts";
import type { Effort, Leased } from "../engine/effort.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import { entryTag } from "../protocol/key-names.ts";
import { type Awaitable, Loaded, type LoadedOptions, type SourceEntry } from "../resource.ts";
import type { Tag } from "../tag.ts";
import { cacheInLoad, type Part } from "./cache-in-load.ts";
import { type ForeignReads, hostIn, unwatched, watched } from "./foreign.ts";
import type { LoadReads, NotedRead, ReadScopes, Scope, Unrecorded } from "./load-reads.ts";
import { makeStamps } from "./stamping.ts";
import { type Fault, foreignText, warnOfUnrecorded } from "./unrecorded.ts";
import { rememberWords, wordsOf } from "./words.ts";

/** Numbers of tags up to which a read uses its narrowest scopes, then the ones between; beyond, it uses its widest. */
const NARROW_UP_TO = 96;
const MIDDLE_UP_TO = 120;

/** Highest number of tags of a recorded entry, including those of the entries that its load read from the cache. */
const MOST_RECORDED_TAGS = 128;

/** Runs a load and returns its value with the tags of its reads; without a lease nothing is recorded or stored. */
export async function recordedLoad(
  engine: Engine,
  effort: Effort & Partial<Pick<Leased, "lease">>,
  load: (reads: LoadReads) => Awaitable<unknown>,
): Promise<unknown> {
  const recording = new Recording(engine, effort);
  recording.reportEmptied();
  try {
    const value = await watched(recording, () => load(recording));
    return await recording.loaded(value);
  } finally {
    recording.end();
  }
}

class Recording implements LoadReads, ForeignReads {
  readonly cache: LoadReads["cache"];
  readonly #engine: Engine;
  readonly #effort: Effort & Partial<Pick<Leased, "lease">>;
  /** Stamps from before the reads, by the entry's tags. */
  readonly #stamps = new Map<Tag, Promise<string>>();
  readonly #parts: SourceEntry[] = [];
  readonly #allowed = new Map<string, number>();
  readonly #requests: string[] = [];
  #connections = 0;
  #endMs = Infinity;
  #isBehind = false;
  #fault: Fault | undefined;
  #isOver = false;

  constructor(engine: Engine, effort: Effort & Partial<Pick<Leased, "lease">>) {
    this.#engine = engine;
    this.#effort = effort;
    this.cache = cacheInLoad(engine, effort.read, {
      prepare: (keys) => this.before([keys.map((key) => ({ tag: entryTag(key), words: key }))]),
      inherit: (part) => this.#inherit(part),
    });
  }

  async before(scopes: ReadScopes, reserve: readonly Scope[] = []): Promise<NotedRead> {
    if (this.#effort.lease === undefined || this.#isOver) return { useReserve: () => undefined };
    const chosen = this.#narrowest(scopes);
    rememberWords([...chosen, ...reserve]);
    // The stamps are set before anything is awaited, so that parallel reads see each other's.
    const stamps = this.#ask([...chosen, ...reserve]);
    for (const { tag } of chosen) this.#stamps.set(tag, stamps(tag));
    const kept = reserve.map(({ tag }) => [tag, stamps(tag)] as const);
    await Promise.allSettled([
      ...chosen.map(({ tag }) => stamps(tag)),
      ...kept.map(([, made]) => made),
    ]);
    return {
      useReserve: () => {
        for (const [tag, made] of kept) this.#stamps.set(tag, made);
      },
    };
  }

  own<T>(read: () => T): T {
    return unwatched(read);
  }

  mayBeBehind(): void {
    this.#isBehind = true;
    // A load that may see old data must notice if its entry was deleted a moment ago, by the stamp of the entry's own tag.
    void this.before([[{ tag: entryTag(this.#effort.read.keys.key), words: "the entry itself" }]]);
  }

  endsBy(endMs: number): void {
    this.#endMs = Math.min(this.#endMs, endMs);
  }

  unrecorded(why: Unrecorded, what: string): void {
    this.#fault ??= { why, what };
  }

  allow(host: string, ttl: Duration): void {
    this.#allowed.set(hostIn(host), toMs(ttl));
  }

  request(host: string): void {
    this.#requests.push(host);
    const lifeMs = this.#allowed.get(host);
    if (lifeMs === undefined) this.unrecorded("foreign-read", host);
    else this.endsBy(this.#engine.clock.now() + lifeMs);
  }

  connection(): void {
    this.#connections += 1;
  }

  view(): void {
    this.unrecorded("foreign-read", "a cached value without reads.cache");
  }

  end(): void {
    this.#isOver = true;
  }

  /** Reports, in words, the recorded reads whose invalidation made the old entry invalid. */
  reportEmptied(): void {
    const { read, look, lease } = this.#effort;
    if (look.state !== "miss" || look.reason !== "invalidated" || !look.entry || !lease) return;
    const { valueTags, stamps } = look.entry.header;
    const definedCount = stamps.length - valueTags.length;
    const fallen = (valueTags as Tag[]).filter(
      (tag, index) =>
        lease.stamps.get(this.#engine.space.stamp(tag)) !== stamps[definedCount + index],
    );
    if (fallen.length === 0) return;
    const { key } = read.keys;
    emit(() => ({ type: "emptied", resource: read.resource.name, key, by: fallen.map(wordsOf) }));
  }

  /** The value with all dependencies of its entry. */
  async loaded(value: unknown): Promise<unknown> {
    const { read, lease } = this.#effort;
    if (this.#connections > this.#requests.length)
      this.unrecorded("foreign-read", "a connection that carries no HTTP request");
    // A request to an allowed host counts as a read: it limits the entry's lifetime instead of naming a tag.
    if (this.#stamps.size + this.#parts.length + this.#requests.length === 0)
      this.unrecorded("nothing-read", "no read by a recording client");
    if (this.#fault?.why === "foreign-read" && process.env["NODE_ENV"] === "test")
      throw new CacheError("load_failed", `${read.keys.key}: ${foreignText(this.#fault.what)}`);
    if (lease === undefined) return value;
    const part = await this.#part();
    const { value: plain, options } = value instanceof Loaded ? value : new Loaded(value);
    const from = [...(options.from ?? []), ...this.#parts, ...(part ? [part] : [])];
    const size = new Set([...read.keys.tags, ...from.flatMap(({ tags }) => tags)]).size;
    if (size > MOST_RECORDED_TAGS)
      this.unrecorded("too-many-tags", `${size} tags: at most ${MOST_RECORDED_TAGS} are stored`);
    const keep = this.#fault === undefined;
    if (!keep) this.#reportFault();
    const leftMs = this.#endMs - this.#engine.clock.now();
    return new Loaded(plain, {
      ...options,
      ...(leftMs < Infinity && endingIn(leftMs, options.ttl)),
      ...(this.#isBehind && { consistency: "eventual" }),
      store: keep && leftMs > 0 && options.store !== false,
      from,
    });
  }

  /** Stamps of the recorded tags, in the form of an entry that the value was made from. */
  async #part(): Promise<SourceEntry | null> {
    try {
      const stamps = await Promise.all(this.#stamps.values());
      const header = { stamps, createdMs: this.#engine.clock.now() };
      return { tags: [...this.#stamps.keys()], entry: { header } };
    } catch (error) {
      this.unrecorded("stamps-failed", error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  #narrowest(scopes: ReadScopes): readonly Scope[] {
    const known = scopes.find((each) => each.every(({ tag }) => this.#stamps.has(tag)));
    if (known) return known;
    const size =
      this.#effort.read.keys.tags.length +
      this.#stamps.size +
      this.#parts.reduce((sum, { tags }) => sum + tags.length, 0);
    const fitting = scopes.find((each, index) => {
      const limit = index === 0 ? NARROW_UP_TO : MIDDLE_UP_TO;
      return size + each.length <= limit;
    });
    return fitting ?? scopes.at(-1) ?? [];
  }

  /** Stamps by tag: those of the lease, of this load's earlier reads, and new ones, which cost one request. */
  #ask(scopes: readonly Scope[]): (tag: Tag) => Promise<string> {
    const { lease, read } = this.#effort;
    const { space } = this.#engine;
    const known = (tag: Tag) => {
      const leased = lease?.stamps.get(space.stamp(tag));
      return leased ? Promise.resolve(leased) : this.#stamps.get(tag);
    };
    const missing = scopes.map(({ tag }) => tag).filter((tag) => known(tag) === undefined);
    if (missing.length === 0) return (tag) => known(tag) as Promise<string>;
    const making = unwatched(() => makeStamps(this.#engine, missing, read.resource.hardTimeoutMs));
    return (tag) => {
      const stamp = known(tag) ?? making.then((made) => made.get(tag) as string);
      // If the stamps cannot be created, the read continues, but the value of its load is not stored.
      stamp.catch(() => undefined);
      return stamp;
    };
  }

  #inherit({ read: { keys }, served: { status, entry } }: Part): void {
    if (status !== "hit" && status !== "miss")
      this.unrecorded("part-not-stored", "an entry that was stale or not stored");
    const tags = [...keys.tags, ...entry.header.valueTags, entryTag(keys.key)];
    this.#parts.push({ tags: [...new Set(tags)], entry });
    this.endsBy(entry.header.freshUntilMs);
  }

  #reportFault(): void {
    const { resource, keys } = this.#effort.read;
    const fault = this.#fault as Fault;
    warnOfUnrecorded(resource.name, fault);
    emit(() => ({ type: "unrecorded", resource: resource.name, key: keys.key, ...fault }));
  }
}

/** Options of an entry that expires in `leftMs` at the latest. */
function endingIn(leftMs: number, ttl: Duration | undefined): LoadedOptions {
  const ms = Math.max(0, Math.floor(Math.min(leftMs, ttl === undefined ? Infinity : toMs(ttl))));
  return {
    ttl: `${ms} milliseconds`,
    staleWhileRevalidate: "0 seconds",
    staleIfError: "0 seconds",
  };
}

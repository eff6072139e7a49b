import { valueTagsIn } from "../protocol/tags-in-text.ts";
import { remember } from "../remember.ts";
import type { Tag } from "../tag.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import { askFor, type AskStore, stampNames, type Stored, type Values } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";

/** Tags that values named when this process last saw their entries, by key: the next look requests their stamps at once. */
export type ValueTags = Map<string, readonly string[]>;

/** Highest number of keys whose value tags a process remembers: 10,000. */
const REMEMBERED = 10_000;

export function rememberTags(
  { naming, valueTags }: Engine,
  { resource, keys }: AnyRead,
  tags: readonly string[],
): void {
  if (tags.length > 0) naming.add(resource.name);
  remember(valueTags, keys.key, tags, REMEMBERED);
}

interface Asked {
  readonly reads: readonly AnyRead[];
  readonly held: readonly (Entry | undefined)[];
  readonly names: Set<string>;
  readonly request: AskStore | undefined;
}

/**
 * Asks for entries whose values may name tags. If the process does not know the tags of an entry, the primary finds their
 * stamps by a script, as of the same moment; a replica is asked only for the stamps of known tags.
 */
export async function askForTagged(
  engine: Engine,
  { reads, held, names, request }: Asked,
): ReturnType<typeof askFor> {
  const { space, valueTags } = engine;
  const one = reads[0] as AnyRead;
  const asksPrimary = one.isExact || engine.reads === "primary";
  const unknown = reads.filter(({ keys }, index) => !held[index] && !valueTags.has(keys.key));
  if (!asksPrimary || unknown.length === 0) return askFor(engine, one, names, request);
  const stampsOf = new Map<string, string | null>();
  const all = new Set([...unknown.map(({ keys }) => keys.entryKey), ...names]);
  const reply = await askFor(engine, one, all, async (store, keys) => {
    const stampPrefix = space.stamp("" as Tag);
    const found = await store.follow({ keys, entryCount: unknown.length, stampPrefix });
    for (const [index, stamps] of found.stamps.entries()) {
      const tags = valueTagsIn(found.values[index] ?? null);
      for (const [at, stamp] of stamps.entries()) stampsOf.set(stampPrefix + tags[at], stamp);
    }
    return found.values;
  });
  return reply.values ? { ...reply, values: new Map([...stampsOf, ...reply.values]) } : reply;
}

/**
 * Values that include the stamps of all entries. A second look is needed if the first one lacks the stamp of a tag that an
 * entry names. It requests all stamps of all entries again, so that they are from one point in time.
 */
export async function withStamps(
  engine: Engine,
  {
    reads,
    stored,
    values,
  }: { reads: readonly AnyRead[]; stored: readonly Stored[]; values: Values },
): Promise<Values | null> {
  const named: string[] = [];
  for (const [index, read] of reads.entries()) {
    const entry = stored[index]?.entry;
    if (!entry) continue;
    rememberTags(engine, read, entry.header.valueTags);
    named.push(...stampNames(engine, read, entry));
  }
  if (named.every((name) => values.has(name))) return values;
  const { values: later } = await askFor(engine, reads[0] as AnyRead, new Set(named));
  return later && new Map([...values, ...later]);
}

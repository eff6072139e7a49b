import type { Engine } from "./context.ts";
import { askFor, stampNames, type Stored, type Values } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";

/** Tags that values named when this process saw their entries last, by key: the next look asks for their stamps at once. */
export type ValueTags = Map<string, readonly string[]>;

/** Most keys whose value tags a process remembers: 10,000. */
const REMEMBERED = 10_000;

export function remember(known: ValueTags, key: string, tags: readonly string[]): void {
  // The key goes to the end: the one that was not seen for longest goes first.
  known.delete(key);
  known.set(key, tags);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
}

/**
 * Values that have the stamps of all entries: a second look is needed where an entry names tags that this process has not
 * seen with it. It asks for all stamps of such entries again, so that those of one entry are of one moment.
 */
export async function withStamps(
  engine: Engine,
  {
    reads,
    stored,
    values,
  }: { reads: readonly AnyRead[]; stored: readonly Stored[]; values: Values },
): Promise<Values | null> {
  const again = new Set<string>();
  for (const [index, read] of reads.entries()) {
    const entry = stored[index]?.entry;
    if (!entry) continue;
    const { valueTags } = entry.header;
    if (valueTags.length > 0) remember(engine.valueTags, read.keys.key, valueTags);
    const names = stampNames(engine, read, entry);
    if (names.some((name) => !values.has(name))) for (const name of names) again.add(name);
  }
  if (again.size === 0) return values;
  const { values: later } = await askFor(engine, reads[0] as AnyRead, again);
  return later && new Map([...values, ...later]);
}

import { remember } from "../remember.ts";
import type { Engine } from "./context.ts";
import { askFor, stampNames, type Stored, type Values } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";

/** Tags that values named when this process last saw their entries, by key: the next look requests their stamps at once. */
export type ValueTags = Map<string, readonly string[]>;

/** Highest number of keys whose value tags a process remembers: 10,000. */
const REMEMBERED = 10_000;

export function rememberTags(known: ValueTags, key: string, tags: readonly string[]): void {
  remember(known, key, tags, REMEMBERED);
}

/**
 * Values that include the stamps of all entries: a second look is needed if an entry names tags that this process has not
 * seen with it. It requests all stamps of all entries again, so that they are from one point in time.
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
    const { valueTags } = entry.header;
    if (valueTags.length > 0) rememberTags(engine.valueTags, read.keys.key, valueTags);
    named.push(...stampNames(engine, read, entry));
  }
  if (named.every((name) => values.has(name))) return values;
  const { values: later } = await askFor(engine, reads[0] as AnyRead, new Set(named));
  return later && new Map([...values, ...later]);
}

import { CacheError } from "../errors.ts";
import { sameValue } from "../json-value.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import { type Decodable, decodeServed } from "./decode.ts";
import { loadApart } from "./load-and-commit.ts";
import { lookAt } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/** True when the origin's value differs from an entry's. Rejects with the loader's error. */
export async function differsFromOrigin(
  engine: Engine,
  read: AnyRead,
  entry: Entry,
): Promise<boolean> {
  const [loading] = loadApart(engine, [read], "not-stored", { isBounded: false });
  return !(await areSame({ entry }, await (loading as Promise<Served>)));
}

/** True if a stored value and a loaded one are equal, regardless of the order of their properties. */
export async function areSame(stored: Decodable, { entry }: Served): Promise<boolean> {
  const [left, right] = [stored.entry.header, entry.header];
  if (left.status !== right.status) return false;
  if (left.status === 404 || left.etag === right.etag) return true;
  // A serializer's values may look equal to code that does not know their classes.
  if (left.kind === "custom") return false;
  const one = await decodeServed({}, stored);
  const other = await decodeServed({}, { entry });
  return one.fits && other.fits && sameValue(one.value, other.value);
}

/** The read without the tolerance of throttled tags, in-process copies and replicas. */
export const exactly = (read: AnyRead): AnyRead => ({
  ...read,
  isExact: true,
  keys: { ...read.keys, given: [] },
});

/**
 * The entry if it is still stored and fresh, otherwise null. Ignores the tolerance of throttled tags, in-process copies
 * and replicas. Rejects with `store_failed` if the store does not answer.
 */
export async function entryInPlace(
  engine: Engine,
  read: AnyRead,
  entryId: string,
): Promise<Entry | null> {
  const [found] = await lookAt(engine, [exactly(read)], {});
  if (found === undefined || found.look.state === "down")
    throw new CacheError("store_failed", `${read.keys.key}: the store does not answer`);
  const { look } = found;
  return look.state === "fresh" && look.entry.id === entryId ? look.entry : null;
}

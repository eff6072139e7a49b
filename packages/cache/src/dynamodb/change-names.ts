import { isDeepStrictEqual } from "node:util";
import type { Tag } from "../tag.ts";
import type { Input } from "./sdk-command.ts";
import { anyOfKind, type FineScopes, kindsWithout } from "./fine-scopes.ts";
import type { Codec } from "./key-value.ts";
import {
  type Attributes,
  equalityPlace,
  EXISTENCE,
  isIndexable,
  placesOf,
  prefixesOf,
  tableTag,
  tagOf,
} from "./place.ts";

/**
 * Highest number of names of one change, not counting those of `anyOfKind`: 512. A change with more invalidates
 * everything that was read from its table.
 */
const MOST_NAMES = 512;

/** A change of one item, as far as it is known. */
export interface Touched {
  readonly table: string;
  readonly key: Attributes;
  /** Attributes whose values may have changed; none need be listed if `mayComeOrGo`. */
  readonly attributes: readonly string[];
  /** False only if the change can neither create nor delete the item. */
  readonly mayComeOrGo: boolean;
  /** Known values of attributes, old and new: those of an index's key determine the index's affected partitions. */
  readonly values: Attributes;
}

/**
 * Names of every place from which a read may have seen the changed item, or the table's tag if there are more than
 * `MOST_NAMES`; neither the indexes nor the kind of item need be known.
 */
export function namesOf(
  { table, key, attributes, mayComeOrGo, values }: Touched,
  scopes: FineScopes,
): Set<Tag> {
  const places = placesOf(table, key);
  const prefixes = scopes.has("prefix") ? prefixesOf(table, key) : [];
  const concerned = [...(mayComeOrGo ? [EXISTENCE] : []), ...attributes];
  const shown = scopes.has("attribute") ? concerned : [];
  const isKey = new Set(key.map(([attribute]) => attribute));
  const others = values.filter(([attribute, value]) => !isKey.has(attribute) && isIndexable(value));
  const indexed = scopes.has("index") ? others : [];
  if (places.length * (1 + shown.length) + prefixes.length + indexed.length > MOST_NAMES)
    return new Set([tableTag(table)]);
  return new Set([
    ...[...places, ...prefixes].map((place) => tagOf(place)),
    ...places.flatMap((place) => shown.map((attribute) => tagOf(place, attribute))),
    ...indexed.map(([attribute, value]) => tagOf(equalityPlace(table, attribute, value))),
    ...kindsWithout(scopes).map((kind) => anyOfKind(table, kind).tag),
  ]);
}

/** A change between two known images; an image is undefined if the item was absent. */
export function touchedBetween(
  table: string,
  key: Attributes,
  { before, after, codec }: { before: Input; after: Input; codec: Codec },
): Touched {
  const isThere = before !== undefined && after !== undefined;
  const all = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const differing = [...all].filter((each) => !isDeepStrictEqual(before?.[each], after?.[each]));
  return {
    table,
    key,
    // If the item came or went, its existence suffices: an entry that shows some attributes depends on it too.
    attributes: isThere ? differing : [],
    mayComeOrGo: !isThere,
    values: [...valuesIn(before, codec), ...valuesIn(after, codec)],
  };
}

/** Attributes of an item whose values could be part of a key. */
export function valuesIn(item: Input, codec: Codec): Attributes {
  return Object.entries<unknown>(item ?? {}).flatMap(([attribute, value]) => {
    const read = codec(value);
    return read ? [[attribute, read] as const] : [];
  });
}

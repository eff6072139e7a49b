import { hash } from "node:crypto";
import type { Scope } from "../recording/load-reads.ts";
import type { Tag } from "../tag.ts";
import { type Codec, type KeyValue, sortBytes } from "./key-value.ts";
import type { Input } from "./sdk-command.ts";

/**
 * Version of the scheme of names, part of every name. Raise it when the scheme changes: the names of a read match only
 * those of writers and stream handlers with the same version.
 */
const SCHEME = 2;

/** Lengths of the sort-key prefixes that have names, in bytes. */
const LADDER = [4, 8, 12, 16, 24];

/** Longest value of a partition key, in bytes: longer values are in no index. */
const LONGEST_KEY_BYTES = 2_048;

/** A set of items of one table. */
export interface Place {
  readonly parts: readonly unknown[];
  readonly words: string;
}

export type Attributes = readonly (readonly [attribute: string, value: KeyValue])[];

/** The attributes of a key in the form from which names are made; null if one of the values cannot be part of a key. */
export function keyOf(key: Input, codec: Codec): Attributes | null {
  const values = Object.entries<unknown>(key).map(([name, value]) => [name, codec(value)] as const);
  return values.every(([, value]) => value !== null) ? (values as Attributes) : null;
}

/** The item with this key; the order of the key's attributes does not matter. */
export function itemPlace(table: string, key: Attributes): Place {
  const sorted = key.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { parts: [table, "item", sorted], words: `${table}: an item by its key` };
}

/** Items whose attribute has this value: a partition of the table, or of any index with that attribute in its key. */
export function equalityPlace(table: string, attribute: string, value: KeyValue): Place {
  return { parts: [table, "equal", attribute, value], words: `${table}: ${attribute} = …` };
}

/** Items of a partition whose sort keys share their first bytes. */
export function prefixPlace(
  table: string,
  [partition, value]: Attributes[number],
  [sort, bytes]: readonly [attribute: string, bytes: Uint8Array],
): Place {
  return {
    parts: [table, "prefix", partition, value, sort, Buffer.from(bytes).toString("base64")],
    words: `${table}: ${partition} = …, ${sort} begins with …`,
  };
}

export function tablePlace(table: string): Place {
  return { parts: [table, "table"], words: `${table}: any item` };
}

/** Tag of everything that was read from a table: for a restore, or for a change whose items are unknown. */
export function tableTag(table: string): Tag {
  return tagOf({ parts: [table, "emergency"] });
}

/** The longest prefix with a length of `LADDER` that all keys between the two have in common; null if there is none. */
export function commonPrefix(low: KeyValue, high: KeyValue): Uint8Array | null {
  const [one, other] = [sortBytes(low), sortBytes(high)];
  if (one === null || other === null) return null;
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  const rung = LADDER.findLast((each) => each <= length);
  return rung === undefined ? null : one.subarray(0, rung);
}

/** Placeholder for "an item was created or deleted" among the attributes of a place. */
export const EXISTENCE = "#";

/** The name of a place, or of one attribute of its items: 18 bytes, from which no value can be read. */
export function tagOf({ parts }: Pick<Place, "parts">, attribute?: string): Tag {
  const text = JSON.stringify([
    SCHEME,
    ...parts,
    ...(attribute === undefined ? [] : ["@", attribute]),
  ]);
  return `d:${hash("sha256", text, "base64url").slice(0, 16)}` as Tag;
}

export function scopeOf(place: Place, attribute?: string): Scope {
  const words = attribute === undefined ? place.words : `${place.words} @${attribute}`;
  return { tag: tagOf(place, attribute), words };
}

/** Table name of a name or an ARN. */
export function tableName(name: string): string {
  return /^arn:[^:]*:dynamodb:.*:table\/([^/]+)/.exec(name)?.[1] ?? name;
}

/**
 * The places to which an item with this key belongs. Requests do not say which attribute is the partition key, so each
 * attribute of the key has a place.
 */
export function placesOf(table: string, key: Attributes): Place[] {
  return [
    tablePlace(table),
    itemPlace(table, key),
    ...key.map(([attribute, value]) => equalityPlace(table, attribute, value)),
  ];
}

/** The places to which an item belongs by the beginning of its sort key, with each attribute taken as the sort key. */
export function prefixesOf(table: string, key: Attributes): Place[] {
  return key.flatMap((partition) =>
    key
      .filter((sort) => sort !== partition)
      .flatMap(([sort, value]) => {
        const bytes = sortBytes(value);
        return LADDER.filter((length) => length <= (bytes?.length ?? 0)).map((length) =>
          prefixPlace(table, partition, [sort, (bytes as Uint8Array).subarray(0, length)]),
        );
      }),
  );
}

/** False for a value that is too long for an index key; the limit is doubled for base64, so true means "maybe". */
export function isIndexable([, text]: KeyValue): boolean {
  return text.length <= LONGEST_KEY_BYTES * 2;
}

import type { ReadScopes, Scope } from "../recording/load-reads.ts";
import type { Input, ReadOperation } from "./sdk-command.ts";
import { attributesIn, keyConditionOf, UnknownGrammar } from "./read-expression.ts";
import { anyOfKind, type FineScope, type FineScopes } from "./fine-scopes.ts";
import type { Codec } from "./key-value.ts";
import {
  type Attributes,
  commonPrefix,
  equalityPlace,
  EXISTENCE,
  itemPlace,
  keyOf,
  type Place,
  prefixPlace,
  scopeOf,
  tableName,
  tablePlace,
  tableTag,
} from "./place.ts";

/** One item or one set of items that a request reads. */
export interface PlannedRead {
  readonly scopes: ReadScopes;
  /** Scopes that a page needs in addition if it ended at the size limit. */
  readonly reserve: readonly Scope[];
  /** True if the answer may be older than a completed write. */
  readonly isBehind: boolean;
}

/** A request and the places that it will read, computed before it is sent. */
export interface ReadPlan {
  /** Strongly consistent, except for reads of an index without `ConsistentRead`. */
  readonly input: Input;
  readonly reads: readonly PlannedRead[];
}

/** The form of values, and the kinds of scopes that have tags. */
interface Reading {
  readonly codec: Codec;
  readonly scopes: FineScopes;
}

export function planOf(operation: ReadOperation, input: Input, reading: Reading): ReadPlan {
  switch (operation) {
    case "GetItem":
      return {
        input: { ...input, ConsistentRead: true },
        reads: [itemRead(input.TableName, input, reading)],
      };
    case "BatchGetItem": {
      const tables = Object.entries<Input>(input.RequestItems ?? {});
      const strong = tables.map(([table, part]) => [table, { ...part, ConsistentRead: true }]);
      return {
        input: { ...input, RequestItems: Object.fromEntries(strong) },
        reads: tables.flatMap(([table, { Keys = [], ...part }]) =>
          Keys.map((Key: Input) => itemRead(table, { ...part, Key }, reading)),
        ),
      };
    }
    case "TransactGetItems":
      return {
        input,
        reads: (input.TransactItems ?? []).map(({ Get }: Input) =>
          itemRead(Get.TableName, Get, reading),
        ),
      };
    default: {
      // A local index accepts `ConsistentRead`, a global one refuses it: reads of an index stay as the caller wrote them.
      const isBehind = input.IndexName !== undefined && input.ConsistentRead !== true;
      const strong = isBehind ? input : { ...input, ConsistentRead: true };
      return { input: strong, reads: [setRead(operation, input, reading, isBehind)] };
    }
  }
}

function itemRead(table: string, input: Input, { codec, scopes }: Reading): PlannedRead {
  const name = tableName(table);
  const key = keyOf(input.Key ?? {}, codec);
  const [first] = key ?? [];
  if (!key || !first) return readOf(name, [], undefined, false);
  const covers = [{ places: [itemPlace(name, key)] }, { places: [equalityPlace(name, ...first)] }];
  const keys = key.map(([attribute]) => attribute);
  const attributes = scopes.has("attribute") ? attributesRead(input, keys) : undefined;
  return readOf(name, covers, attributes, false);
}

function setRead(
  operation: "Query" | "Scan",
  input: Input,
  reading: Reading,
  isBehind: boolean,
): PlannedRead {
  const name = tableName(input.TableName);
  const { covers, keys } = coversOf(operation, name, input, reading);
  // The sort key of an index orders the answer although the request need not name it. A prefix has no tags of
  // attributes.
  const isPlain = input.IndexName !== undefined || covers[0]?.kind !== undefined;
  const attributes =
    isPlain || !reading.scopes.has("attribute") ? undefined : attributesRead(input, keys);
  return readOf(name, covers, attributes, isBehind);
}

/** Places each of which contains all that a read can return; the read depends on all of them. */
interface Cover {
  readonly places: readonly Place[];
  /** Kind of the places, if not every writer names them. */
  readonly kind?: FineScope;
}

/** Covers of a query, the narrowest first, without the whole table, which covers every query. */
function coversOf(operation: string, table: string, input: Input, { codec, scopes }: Reading) {
  const nothing = { covers: [] as Cover[], keys: [] as string[] };
  if (operation === "Scan" || typeof input.KeyConditionExpression !== "string") return nothing;
  try {
    const names = input.ExpressionAttributeNames;
    const { equalities, range } = keyConditionOf(input.KeyConditionExpression, names);
    const valueOf = (placeholder: string) => {
      const value = codec(input.ExpressionAttributeValues?.[placeholder]);
      if (value === null) throw new UnknownGrammar(placeholder);
      return value;
    };
    const asked: Attributes = equalities.map(([attribute, value]) => [attribute, valueOf(value)]);
    const keys = [...asked.map(([attribute]) => attribute), ...(range ? [range.attribute] : [])];
    const [first] = asked;
    if (first === undefined) return nothing;
    const covers: Cover[] = [];
    if (input.IndexName !== undefined) {
      const places = indexPlaces(table, asked, input);
      if (scopes.has("index")) covers.push({ places, kind: "index" });
      return { covers, keys };
    }
    if (asked.length > 1) covers.push({ places: [itemPlace(table, asked)] });
    const [low, high] = range?.ends ?? [];
    const bytes = low && high ? commonPrefix(valueOf(low), valueOf(high)) : null;
    if (range && bytes && scopes.has("prefix"))
      covers.push({
        places: [prefixPlace(table, first, [range.attribute, bytes])],
        kind: "prefix",
      });
    covers.push({ places: [equalityPlace(table, ...first)] });
    return { covers, keys };
  } catch (error) {
    if (error instanceof UnknownGrammar) return nothing;
    throw error;
  }
}

/** Attributes on which a projected read depends; undefined: all of them. Key attributes never change. */
function attributesRead(input: Input, keys: readonly string[]): string[] | undefined {
  const { ProjectionExpression, FilterExpression, ExpressionAttributeNames, Select } = input;
  const isCount = Select === "COUNT";
  if (typeof ProjectionExpression !== "string" && !isCount) return undefined;
  const isLegacy = ["AttributesToGet", "QueryFilter", "ScanFilter"].some((name) => name in input);
  if (isLegacy) return undefined;
  try {
    return [ProjectionExpression, FilterExpression]
      .flatMap((each) => attributesIn(each, ExpressionAttributeNames))
      .filter((attribute) => !keys.includes(attribute));
  } catch (error) {
    if (error instanceof UnknownGrammar) return undefined;
    throw error;
  }
}

/**
 * Places of a query of an index: that of its last equality, usually the most selective one. A strongly consistent query
 * of a local index sees a write at once, and the request of a write may name only the item's key, not its old value in
 * the index: such a query depends on all of its equalities, so on the table's partition too.
 */
function indexPlaces(table: string, asked: Attributes, { ConsistentRead }: Input): Place[] {
  const relevant = ConsistentRead === true ? asked : asked.slice(-1);
  return relevant.map((each) => equalityPlace(table, ...each));
}

function readOf(
  table: string,
  covers: readonly Cover[],
  attributes: readonly string[] | undefined,
  isBehind: boolean,
): PlannedRead {
  const whole = tablePlace(table);
  const emergency = { tag: tableTag(table), words: `${table}: everything` };
  const plain = [...covers, { places: [whole] }].map(({ places, kind }: Cover) => [
    ...places.map((place) => scopeOf(place)),
    ...(kind ? [anyOfKind(table, kind)] : []),
    emergency,
  ]);
  // Only a query of an index has several places in a cover, and such a query is never projected.
  const narrowest = covers[0]?.places[0] ?? whole;
  const projected = attributes && [
    scopeOf(narrowest, EXISTENCE),
    ...attributes.map((attribute) => scopeOf(narrowest, attribute)),
    anyOfKind(table, "attribute"),
    emergency,
  ];
  return {
    scopes: projected ? [projected, ...plain] : plain,
    reserve: projected ? [scopeOf(narrowest)] : [],
    isBehind,
  };
}

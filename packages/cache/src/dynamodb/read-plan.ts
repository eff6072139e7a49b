import type { ReadScopes, Scope } from "../recording/load-reads.ts";
import type { Input, ReadOperation } from "./sdk-command.ts";
import { attributesIn, keyConditionOf, UnknownGrammar } from "./read-expression.ts";
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
  /** Scopes that a page needs in addition if its size ended it. */
  readonly reserve: readonly Scope[];
  /** True if the answer may be older than a completed write. */
  readonly isBehind: boolean;
}

/** A request and the places that it will read, computed before it is sent. */
export interface ReadPlan {
  /** With strong consistency wherever DynamoDB offers it. */
  readonly input: Input;
  readonly reads: readonly PlannedRead[];
}

export function planOf(operation: ReadOperation, input: Input, codec: Codec): ReadPlan {
  switch (operation) {
    case "GetItem":
      return {
        input: { ...input, ConsistentRead: true },
        reads: [itemRead(input.TableName, input, codec)],
      };
    case "BatchGetItem": {
      const tables = Object.entries<Input>(input.RequestItems ?? {});
      const strong = tables.map(([table, asked]) => [table, { ...asked, ConsistentRead: true }]);
      return {
        input: { ...input, RequestItems: Object.fromEntries(strong) },
        reads: tables.flatMap(([table, { Keys = [], ...asked }]) =>
          Keys.map((Key: Input) => itemRead(table, { ...asked, Key }, codec)),
        ),
      };
    }
    case "TransactGetItems":
      return {
        input,
        reads: (input.TransactItems ?? []).map(({ Get }: Input) =>
          itemRead(Get.TableName, Get, codec),
        ),
      };
    default: {
      // Only a local index accepts it; a global one refuses it, so it is left out there.
      const isBehind = input.IndexName !== undefined && input.ConsistentRead !== true;
      const strong = isBehind ? input : { ...input, ConsistentRead: true };
      return { input: strong, reads: [setRead(operation, input, codec, isBehind)] };
    }
  }
}

function itemRead(table: string, input: Input, codec: Codec): PlannedRead {
  const name = tableName(table);
  const key = keyOf(input.Key ?? {}, codec);
  const [first] = key ?? [];
  if (!key || !first) return readOf(name, [], undefined, false);
  const places = [[itemPlace(name, key)], [equalityPlace(name, ...first)]];
  const attributes = attributesRead(
    input,
    key.map(([attribute]) => attribute),
  );
  return readOf(name, places, attributes, false);
}

function setRead(
  operation: "Query" | "Scan",
  input: Input,
  codec: Codec,
  isBehind: boolean,
): PlannedRead {
  const name = tableName(input.TableName);
  const { places, keys } = placesRead(operation, name, input, codec);
  // The sort key of an index orders the answer, and no request names it.
  const attributes = input.IndexName === undefined ? attributesRead(input, keys) : undefined;
  return readOf(name, places, attributes, isBehind);
}

/** Sets of places each of which covers a query, the narrowest first; none if only the table does. */
function placesRead(operation: string, table: string, input: Input, codec: Codec) {
  const nothing = { places: [] as Place[][], keys: [] as string[] };
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
    if (input.IndexName !== undefined) return { places: [indexPlaces(table, asked, input)], keys };
    const partition = equalityPlace(table, ...first);
    if (asked.length > 1) return { places: [[itemPlace(table, asked)], [partition]], keys };
    const [low, high] = range?.ends ?? [];
    const bytes = low && high ? commonPrefix(valueOf(low), valueOf(high)) : null;
    if (!range || !bytes) return { places: [[partition]], keys };
    const prefix = prefixPlace(table, first, [range.attribute, bytes]);
    return { places: [[prefix], [partition]], keys };
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
 * Places of a query of an index: those of its most selective attribute, usually the last one. A local index with strong
 * consistency is as new as its writes, whose requests name only the table's partition, so it needs that too.
 */
function indexPlaces(table: string, asked: Attributes, { ConsistentRead }: Input): Place[] {
  const relevant = ConsistentRead === true ? asked : asked.slice(-1);
  return relevant.map((each) => equalityPlace(table, ...each));
}

function readOf(
  table: string,
  places: readonly (readonly Place[])[],
  attributes: readonly string[] | undefined,
  isBehind: boolean,
): PlannedRead {
  const whole = tablePlace(table);
  const emergency = { tag: tableTag(table), words: `${table}: everything` };
  const plain = [...places, [whole]].map((each) => [
    ...each.map((place) => scopeOf(place)),
    emergency,
  ]);
  // Reads that may be projected have one place.
  const narrowest = places[0]?.[0] ?? whole;
  const projected = attributes && [
    scopeOf(narrowest, EXISTENCE),
    ...attributes.map((attribute) => scopeOf(narrowest, attribute)),
    emergency,
  ];
  return {
    scopes: projected ? [projected, ...plain] : plain,
    reserve: projected ? [scopeOf(narrowest)] : [],
    isBehind,
  };
}

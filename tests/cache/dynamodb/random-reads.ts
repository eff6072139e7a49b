import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  TransactGetCommand,
} from "@aws-sdk/lib-dynamodb";

import type { Shape } from "./open-table.ts";

/** Draws an integer from 0 up to (not including) `most`. */
export type Draw = (most: number) => number;

/** A random read, by any client; `isIndexed` is true if its answer may lag behind a write. */
export interface RandomRead {
  readonly words: string;
  readonly isIndexed: boolean;
  readonly read: (client: DynamoDBDocumentClient) => Promise<unknown>;
}

const INDEXES = { byShelf: ["shelf", "year"], byYear: ["year"] } as const;
const TYPES = { shelf: "S", year: "N" } as const;

/** A kind of table: its shape, and the values of its key attributes. */
export interface TableKind {
  readonly shape: Shape;
  readonly partitions: readonly unknown[];
  readonly sorts: readonly unknown[];
}

/** Keys that share prefixes of different lengths; one prefix ends within a multi-byte character. */
const TEXTS = ["book", "book#2026#a", "book#2026#b", "book#2027#a", "zé", "zè", "z\u{1F600}"];
const BYTES = TEXTS.map((text) => new TextEncoder().encode(text));

function kindOf(
  [pk, sk]: readonly ["S" | "N" | "B", "S" | "N" | "B"],
  values: Omit<TableKind, "shape">,
): TableKind {
  const shape = {
    types: { pk, sk, ...TYPES },
    key: ["pk", "sk"],
    global: INDEXES,
    local: { byYearHere: ["pk", "year"] },
  };
  return { shape, ...values };
}

/** Tables with keys of strings, of numbers and bytes, of bytes and numbers, and without a sort key. */
export const KINDS: readonly TableKind[] = [
  kindOf(["N", "B"], { partitions: [1, -2.5, 1_000], sorts: BYTES }),
  kindOf(["S", "S"], { partitions: ["P#1", "P#2", "é\u{1F600}"], sorts: TEXTS }),
  kindOf(["B", "N"], { partitions: BYTES.slice(2, 5), sorts: [-10, -0.5, 0, 1, 20, 1e15] }),
  {
    shape: { types: { pk: "S", ...TYPES }, key: ["pk"], global: INDEXES },
    partitions: TEXTS,
    sorts: TEXTS,
  },
];

export const SHELVES = ["art", "law"];
export const YEARS = [1, 20, 2_026];

export const pick = <T>(draw: Draw, all: readonly T[]): T => all[draw(all.length)] as T;

/** Key of an item that may exist. */
export const randomKey = (draw: Draw, { shape, partitions, sorts }: TableKind) => ({
  pk: pick(draw, partitions),
  ...(shape.key.length > 1 && { sk: pick(draw, sorts) }),
});

/** Compares values of one type in DynamoDB's sort order. */
function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return Buffer.compare(Buffer.from(one as string), Buffer.from(other as string));
}

/** A value as text; sorted, because engines return attributes and set members in any order. */
export const textOf = (shown: unknown): string =>
  JSON.stringify(shown ?? null, (_, value: unknown) => {
    if (value instanceof Set) return [...value].map(textOf).toSorted();
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const sorted = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(sorted);
  });

/** A prefix of a string or of bytes; DynamoDB rejects prefixes of numbers. */
const beginningOf = (value: unknown, length: number) =>
  typeof value === "number" ? value : (value as string).slice(0, length);

/** Projections and filters of a read, with aliases and paths. */
function shownBy(draw: Draw): Partial<QueryCommandInput> {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const shown: Partial<QueryCommandInput> = {};
  if (draw(2)) {
    const paths = ["title", "#c", "meta.#a", "tags[0]", "kinds", "pk"].filter(() => draw(2));
    if (paths.length > 0) shown.ProjectionExpression = paths.join(" , ");
    if (paths.includes("#c")) names["#c"] = "count";
    if (paths.includes("meta.#a")) names["#a"] = "a.b";
  }
  if (draw(3) === 0) {
    const [filter, values_] = pick(draw, [
      ["attribute_exists(title)", {}],
      ["#n > :low", { ":low": 2 }],
      ["title IN (:t, :u) OR NOT contains(title, :t)", { ":t": "a", ":u": "b" }],
      ["meta.kind BETWEEN :t AND :u", { ":t": "a", ":u": "b" }],
    ] as const);
    shown.FilterExpression = filter;
    if (filter.includes("#n")) names["#n"] = "count";
    Object.assign(values, values_);
  }
  if (!shown.ProjectionExpression && draw(4) === 0) shown.Select = "COUNT";
  return {
    ...shown,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

/** A key condition of the table or of an index, in one of its spellings. */
function conditionBy(draw: Draw, { partitions, sorts }: TableKind) {
  const sort = () => pick(draw, sorts);
  const [low, high] = [sort(), sort()].toSorted(compare);
  const onSort = pick(draw, [
    ["", {}],
    ["sk = :s", { ":s": sort() }],
    [`sk ${pick(draw, ["<", "<=", ">", ">="])} :s`, { ":s": sort() }],
    ["sk BETWEEN :s AND :s2", { ":s": low, ":s2": high }],
    ["begins_with(sk, :s)", { ":s": beginningOf(sort(), 1 + draw(10)) }],
  ] as const);
  const onYear = pick(draw, [
    ["", {}],
    ["#year = :y", { ":y": pick(draw, YEARS) }],
    ["#year BETWEEN :y AND :y2", { ":y": 2, ":y2": 3_000 }],
    ["#year >= :y", { ":y": pick(draw, YEARS) }],
  ] as const);
  const [index, partition, value, [range, ends]] = pick(draw, [
    [undefined, "pk", pick(draw, partitions), onSort],
    [undefined, "pk", pick(draw, partitions), onSort],
    ["byYearHere", "pk", pick(draw, partitions), onYear],
    ["byShelf", "shelf", pick(draw, SHELVES), onYear],
    ["byYear", "#year", pick(draw, YEARS), ["", {}]],
  ] as const);
  const both = [`${partition} = :p`, range].filter(Boolean);
  const text = both
    .map((each) => (draw(4) ? each : `( ${each} )`))
    .join(draw(2) ? " AND " : " and ");
  const isYear = text.includes("#year");
  return {
    IndexName: index,
    KeyConditionExpression: text,
    ExpressionAttributeValues: { ":p": value, ...ends },
    ExpressionAttributeNames: isYear ? { "#year": "year" } : {},
    ConsistentRead: index === "byYearHere" && draw(2) === 0 ? true : undefined,
  };
}

/** Reads up to `most` pages of a query or scan. */
async function pages(
  client: DynamoDBDocumentClient,
  make: (from: Record<string, unknown> | undefined) => QueryCommand | ScanCommand,
  most: number,
): Promise<unknown> {
  const found: unknown[] = [];
  let from: Record<string, unknown> | undefined;
  for (let page = 0; page < most; page++) {
    const answer = await client.send(make(from) as QueryCommand);
    found.push([answer.Count, answer.Items, answer.LastEvaluatedKey]);
    from = answer.LastEvaluatedKey;
    if (!from) break;
  }
  return found;
}

/** Drops the aliases and values that no expression uses: DynamoDB refuses them. */
function pruned<Input extends Partial<QueryCommandInput>>(input: Input): Input {
  const { KeyConditionExpression, FilterExpression, ProjectionExpression } = input;
  const text = [KeyConditionExpression, FilterExpression, ProjectionExpression].join(" ");
  const used = new Set(text.match(/[#:]\w+/g));
  const within = <T>(all: Readonly<Record<string, T>> | undefined) => {
    const kept = Object.entries(all ?? {}).filter(([name]) => used.has(name));
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  };
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values, ...rest } = input;
  const [aliases, given] = [within(names), within(values)];
  return {
    ...rest,
    ...(aliases && { ExpressionAttributeNames: aliases }),
    ...(given && { ExpressionAttributeValues: given }),
  } as Input;
}

export function randomRead(draw: Draw, table: TableKind, TableName: string): RandomRead {
  const key = () => randomKey(draw, table);
  const shown = shownBy(draw);
  const { ProjectionExpression, ExpressionAttributeNames } = shown;
  const forItem = pruned({ ProjectionExpression, ExpressionAttributeNames });
  const one = (input: object, isIndexed: boolean, read: RandomRead["read"]): RandomRead => ({
    words: JSON.stringify(input),
    isIndexed,
    read,
  });
  const kind = draw(10);
  if (kind <= 1) {
    const older = { AttributesToGet: ["title", "count", "meta"] };
    const input = { TableName, Key: key(), ...(draw(5) ? forItem : older) };
    return one(input, false, async (client) => (await client.send(new GetCommand(input))).Item);
  }
  if (kind === 2) {
    const unique = new Map([key(), key(), key()].map((each) => [JSON.stringify(each), each]));
    const Keys = [...unique.values()];
    const input = { RequestItems: { [TableName]: { Keys, ...forItem } } };
    return one(input, false, async (client) => {
      const found = (await client.send(new BatchGetCommand(input))).Responses?.[TableName] ?? [];
      return found.map(textOf).toSorted();
    });
  }
  if (kind === 3) {
    const input = { TransactItems: [{ Get: { TableName, Key: key(), ...forItem } }] };
    return one(
      input,
      false,
      async (client) => (await client.send(new TransactGetCommand(input))).Responses,
    );
  }
  if (kind === 4) {
    // The second read depends on what the first one finds.
    const Key = key();
    return one({ first: Key }, false, async (client) => {
      const { Item } = await client.send(new GetCommand({ TableName, Key }));
      const next: unknown = Item?.["next"] ?? table.sorts[0];
      const following = { ...Key, [table.shape.key.at(-1) as string]: next };
      return (await client.send(new GetCommand({ TableName, Key: following }))).Item ?? "none";
    });
  }
  const Limit = draw(3) ? undefined : 1 + draw(2);
  const most = draw(2) ? 20 : 1;
  if (kind === 5) {
    const IndexName = draw(3) ? undefined : "byShelf";
    const segments = IndexName || draw(2) ? {} : { Segment: 0, TotalSegments: 2 };
    const input: ScanCommandInput = {
      TableName,
      IndexName,
      Limit,
      ...segments,
      ...(IndexName ? {} : shown),
    };
    return one(input, IndexName !== undefined, (client) =>
      pages(client, (ExclusiveStartKey) => new ScanCommand({ ...input, ExclusiveStartKey }), most),
    );
  }
  if (draw(8) === 0) {
    const input = {
      TableName,
      KeyConditions: {
        pk: { ComparisonOperator: "EQ", AttributeValueList: [pick(draw, table.partitions)] },
      },
      ...(draw(2) && {
        QueryFilter: { title: { ComparisonOperator: "EQ", AttributeValueList: ["a"] } },
      }),
      ...(draw(2) ? { AttributesToGet: ["pk", "count"] } : { Select: "COUNT" }),
    } as QueryCommandInput;
    return one(input, false, (client) =>
      pages(client, (ExclusiveStartKey) => new QueryCommand({ ...input, ExclusiveStartKey }), most),
    );
  }
  const condition = conditionBy(draw, table);
  const input = pruned({
    TableName,
    Limit,
    ...shown,
    ...condition,
    ScanIndexForward: draw(2) === 0,
    ExpressionAttributeNames: {
      ...shown.ExpressionAttributeNames,
      ...condition.ExpressionAttributeNames,
    },
    ExpressionAttributeValues: {
      ...shown.ExpressionAttributeValues,
      ...condition.ExpressionAttributeValues,
    },
  });
  const isIndexed = condition.IndexName !== undefined && condition.ConsistentRead !== true;
  return one(input, isIndexed, (client) =>
    pages(client, (ExclusiveStartKey) => new QueryCommand({ ...input, ExclusiveStartKey }), most),
  );
}

import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type * as z from "zod/mini";
import type { Database, Item } from "./database.ts";
import type { Key } from "./keys.ts";
import { pause } from "./retry.ts";

/**
 * Highest number of keys in one BatchGetItem. Source:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const BATCH_GET_LIMIT = 100;

/** Reads one item with strong consistency, whatever it contains; undefined if it is absent. */
export async function getStored(db: Database, key: Key): Promise<Item | undefined> {
  const { Item: item } = await db.send(
    new GetCommand({ TableName: db.tableName, Key: key, ConsistentRead: true }),
  );
  return item as Item | undefined;
}

/** Reads one item with strong consistency; undefined if it is absent. Throws if it cannot be parsed, and reports that. */
export async function getItem<Schema extends z.ZodMiniType>(
  db: Database,
  key: Key,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const item = await getStored(db, key);
  return item && parseItem(db, item, schema);
}

/** Parses an item; throws if that fails, and reports it. */
export function parseItem<Schema extends z.ZodMiniType>(
  db: Database,
  item: Item,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  db.onUnreadable?.(item, parsed.error);
  throw parsed.error;
}

/**
 * Reads any number of items with strong consistency, 100 per request, in the order of the keys; undefined for absent
 * ones.
 */
export async function getItems(db: Database, keys: readonly Key[]): Promise<(Item | undefined)[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / BATCH_GET_LIMIT) }, (_, index) =>
    keys.slice(index * BATCH_GET_LIMIT, (index + 1) * BATCH_GET_LIMIT),
  );
  const found = new Map<string, Item>();
  await eachOf(chunks, async (chunk) => {
    for (const item of await getChunk(db, chunk)) found.set(nameOf(item), item);
  });
  return keys.map((key) => found.get(nameOf(key)));
}

/** DynamoDB returns at most 16 MB, and less when it is busy: the rest is requested again. */
async function getChunk(db: Database, chunk: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  let rest: Record<string, unknown>[] = chunk.map((key) => ({ ...key }));
  for (let attempt = 0; rest.length > 0; attempt++) {
    const request = { [db.tableName]: { Keys: rest, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await db.send(
      new BatchGetCommand({ RequestItems: request }),
    );
    const answered = (Responses?.[db.tableName] ?? []) as Item[];
    items.push(...answered);
    rest = UnprocessedKeys?.[db.tableName]?.Keys ?? [];
    if (rest.length > 0 && answered.length === 0) await pause(attempt);
  }
  return items;
}

/**
 * Parses items; undefined for one that cannot be parsed, or whose attributes name another item (`isOwn`). Such an
 * item is reported, and does not affect the others.
 */
export function parseEach<Schema extends z.ZodMiniType>(
  db: Database,
  items: readonly (Item | undefined)[],
  schema: Schema,
  isOwn: (row: z.output<Schema>, key: Key) => boolean = () => true,
): (z.output<Schema> | undefined)[] {
  return items.map((item) => {
    if (item === undefined) return undefined;
    const { data: row, error } = schema.safeParse(item);
    if (error === undefined && isOwn(row, item)) return row;
    db.onUnreadable?.(
      item,
      error ?? new Error("the item's key and attributes name different items"),
    );
    return undefined;
  });
}

export interface Range {
  pk: string;
  /** Prefix of the sort keys; `between` is then ignored. */
  prefix?: string;
  /** Sort keys from the first to the second, both included. */
  between?: readonly [string, string];
  newestFirst?: boolean;
  /** Highest number of items to read; default all. */
  limit?: number;
}

/** Reads the items of one partition with strong consistency, a page of up to 1 MB per request. */
export async function query(db: Database, range: Range): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(db, range)) items.push(...page);
  return items;
}

/** The pages of `query`, for results that are too large to hold at once. */
export async function* queryPages(
  db: Database,
  { pk, prefix, between, newestFirst, limit }: Range,
): AsyncGenerator<Item[]> {
  let left = limit;
  for (
    let start: Record<string, unknown> | undefined, first = true;
    first || start;
    first = false
  ) {
    const page = await db.send(
      new QueryCommand({
        TableName: db.tableName,
        ConsistentRead: true,
        ...sortKeys(pk, prefix, between),
        ScanIndexForward: !newestFirst,
        Limit: left,
        ExclusiveStartKey: start,
      }),
    );
    const items = (page.Items ?? []) as Item[];
    yield items;
    if (left !== undefined) left -= items.length;
    start = left === 0 ? undefined : page.LastEvaluatedKey;
  }
}

function sortKeys(
  pk: string,
  prefix: string | undefined,
  between: readonly [string, string] | undefined,
) {
  const [clause, values] =
    prefix !== undefined
      ? [" AND begins_with(sk, :prefix)", { ":prefix": prefix }]
      : between
        ? [" AND sk BETWEEN :first AND :last", { ":first": between[0], ":last": between[1] }]
        : ["", {}];
  return {
    KeyConditionExpression: `pk = :pk${clause}`,
    ExpressionAttributeValues: { ":pk": pk, ...values },
  };
}

/** Highest number of concurrent requests of one large read. */
const CONCURRENCY = 8;

/** Runs `work` on each element, a few at a time, and returns the results in order. */
export async function eachOf<Element, Result>(
  elements: readonly Element[],
  work: (element: Element) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < elements.length; index = next++) {
      results[index] = await work(elements[index] as Element);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, elements.length) }, worker));
  return results;
}

const nameOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { z } from "zod";
import type { Database } from "./database.ts";
import type { Key } from "./keys.ts";
import { pause } from "./retry.ts";

/**
 * Most keys DynamoDB takes in one BatchGetItem.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export const BATCH_GET_LIMIT = 100;

type Item = Record<string, unknown>;

/** Reads one item as it is now; undefined when it is not there. */
export async function getItem<Schema extends z.ZodType>(
  db: Database,
  key: Key,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const { Item: item } = await db.send(
    new GetCommand({ TableName: db.tableName, Key: key, ConsistentRead: true }),
  );
  return item === undefined ? undefined : schema.parse(item);
}

/** Reads any number of items as they are now, 100 a request, in the order of the keys; undefined where there is none. */
export async function getItems(db: Database, keys: readonly Key[]): Promise<(Item | undefined)[]> {
  const chunks = Array.from({ length: Math.ceil(keys.length / BATCH_GET_LIMIT) }, (_, index) =>
    keys.slice(index * BATCH_GET_LIMIT, (index + 1) * BATCH_GET_LIMIT),
  );
  const found = new Map<string, Item>();
  await eachOf(chunks, async (chunk) => {
    for (const item of await getChunk(db, chunk)) found.set(nameOf(item as unknown as Key), item);
  });
  return keys.map((key) => found.get(nameOf(key)));
}

/** DynamoDB returns what fits into 16 MB, and less when it is busy: the rest is asked for again. */
async function getChunk(db: Database, chunk: readonly Key[]): Promise<Item[]> {
  const items: Item[] = [];
  let rest: Item[] = chunk.map((key) => ({ ...key }));
  for (let attempt = 0; rest.length > 0; attempt++) {
    const request = { [db.tableName]: { Keys: rest, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await db.send(
      new BatchGetCommand({ RequestItems: request }),
    );
    const answered = Responses?.[db.tableName] ?? [];
    items.push(...answered);
    rest = UnprocessedKeys?.[db.tableName]?.Keys ?? [];
    if (rest.length > 0 && answered.length === 0) await pause(attempt);
  }
  return items;
}

/** Items as what they should be; undefined for one that cannot be read, which is told and spoils no other. */
export function parseEach<Schema extends z.ZodType>(
  db: Database,
  items: readonly (Item | undefined)[],
  schema: Schema,
): (z.output<Schema> | undefined)[] {
  return items.map((item) => {
    const parsed = item === undefined ? undefined : schema.safeParse(item);
    if (parsed?.success === false) db.onUnreadable?.(item as unknown as Key, parsed.error);
    return parsed?.data;
  });
}

export interface Range {
  pk: string;
  /** Sort keys that start so. */
  prefix?: string;
  /** Sort keys from the first to the second, both included. */
  between?: readonly [string, string];
  newestFirst?: boolean;
  /** Most items to read; default all. */
  limit?: number;
}

/** Reads the items of one partition as they are now, a page of up to 1 MB a request. */
export async function query(
  db: Database,
  { pk, prefix, between, newestFirst, limit }: Range,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let start: Item | undefined, first = true; first || start; first = false) {
    const page = await db.send(
      new QueryCommand({
        TableName: db.tableName,
        ConsistentRead: true,
        ...sortKeys(pk, prefix, between),
        ScanIndexForward: !newestFirst,
        Limit: limit === undefined ? undefined : limit - items.length,
        ExclusiveStartKey: start,
      }),
    );
    items.push(...(page.Items ?? []));
    start = items.length === limit ? undefined : page.LastEvaluatedKey;
  }
  return items;
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

/** Requests in flight at once when one read takes many. */
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

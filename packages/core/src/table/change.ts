import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { CoreError } from "../core-error.ts";
import { type Change, type Entities, type EntityName, entities } from "./entities.ts";
import { type Feed, type Key, keys, pks } from "./keys.ts";
import { readNumber } from "./number.ts";
import { entityAt } from "./key-prefixes.ts";

/** The part of a DynamoDB stream record that is read; `@types/aws-lambda`'s DynamoDBRecord fits. */
export interface StreamRecord {
  readonly dynamodb?:
    | { readonly Keys?: unknown; readonly NewImage?: unknown; readonly OldImage?: unknown }
    | undefined;
}

const TextAttribute = z.object({ S: z.string() }).transform(({ S }) => S);
const Keys = z.object({ pk: TextAttribute, sk: TextAttribute });

/**
 * Entity → the key that a row says it has. Readers find it by the key that it has, tags are made of what it says: should a
 * hand have let the two disagree, its tags would be another item's. Null: its tags, if any, do not depend on the row.
 */
const ownKey: { [E in EntityName]: ((row: Entities[E]) => Partial<Key>) | null } = {
  problem: ({ id }) => keys.problem(id),
  problem_body: ({ id }) => keys.problemBody(id),
  problem_key: ({ platform, problem_id }) => keys.problemKey(platform, problem_id),
  test_cases: ({ problem }) => keys.testCases(problem),
  test_case: ({ problem, id }) => keys.testCase(problem, id),
  history: ({ id }) => keys.history(id),
  history_detail: ({ id }) => keys.historyDetail(id),
  feed_entry: (row) => ({ pk: pks.feed(feedOf(row)) }),
  // A counter says which of a group's it is; a node of the tree has no such number.
  feed_counts: ({ shard, ...row }) => ({
    pk: shard === undefined ? pks.feed(feedOf(row)) : pks.feedCounters(feedOf(row), shard),
  }),
  user: null,
  user_stats: ({ sub }) => keys.userStats(sub),
  user_problem: null,
  user_active: null,
  problem_counter: null,
  counter: null,
  format: null,
  invalidation_job: null,
  probe: ({ number }) => keys.probe(number),
  beat: null,
};

const feedOf = ({ feed, sub }: { feed: string; sub: string | null }): Feed =>
  ({ kind: feed, sub: sub ?? "" }) as Feed;

/** Entity of a stream record's item; undefined for an item that is not one of ours. */
export function entityOf({ dynamodb }: StreamRecord): EntityName | undefined {
  const { data: key } = Keys.safeParse(dynamodb?.Keys);
  return key && entityAt(key);
}

/** Reads a stream record as the change of an entity; throws a CoreError (`invalid`) when it cannot be read so. */
export function toChange(record: StreamRecord): Change {
  const entity = entityOf(record);
  if (entity === undefined) {
    throw new CoreError("invalid", "a stream record's key is that of no known entity");
  }
  const before = toRow(entity, record.dynamodb?.OldImage);
  const after = toRow(entity, record.dynamodb?.NewImage);
  if (before === null && after === null) {
    throw new CoreError("invalid", `a stream record of a ${entity} has no image`);
  }
  return { entity, before, after } as Change;
}

function toRow(entity: EntityName, image: unknown): unknown {
  if (image === undefined) return null;
  const item = toItem(image);
  const { data: row, error } = entities[entity].safeParse(item);
  if (error) {
    const message = `a stream record is no ${entity}: ${z.prettifyError(error)}`;
    throw new CoreError("invalid", message, error);
  }
  for (const [name, text] of Object.entries(ownKey[entity]?.(row as never) ?? {})) {
    if (item[name] === text) continue;
    throw new CoreError("invalid", `a stream record's ${entity} says that its ${name} is another`);
  }
  return row;
}

function toItem(image: unknown): Record<string, unknown> {
  try {
    return unmarshall(image as Parameters<typeof unmarshall>[0], { wrapNumbers: readNumber });
  } catch (error) {
    throw new CoreError("invalid", "a stream record's image is not a DynamoDB item", error);
  }
}

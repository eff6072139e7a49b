import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { CoreError } from "../core-error.ts";
import { type Change, type Entities, type EntityName, entities } from "./entities.ts";
import { type Feed, type Key, keys, pks } from "./keys.ts";
import { readNumber } from "./number.ts";
import { entityAt } from "./key-prefixes.ts";

/** The part of a DynamoDB stream record that is read; `@types/aws-lambda`'s DynamoDBRecord fits. */
export interface StreamRecord {
  readonly eventName?: string | undefined;
  readonly dynamodb?:
    | { readonly Keys?: unknown; readonly NewImage?: unknown; readonly OldImage?: unknown }
    | undefined;
}

const TextAttribute = z.object({ S: z.string() }).transform(({ S }) => S);
const Keys = z.object({ pk: TextAttribute, sk: TextAttribute });

/**
 * Entity → the key that the attributes of a row imply. Readers find a row by its real key, while tags are computed from
 * its attributes: if a manual edit made the two disagree, the tags would be those of another item. Null: the tags, if
 * any, do not depend on the attributes.
 */
const ownKey: { [E in EntityName]: ((row: Entities[E]) => Partial<Key>) | null } = {
  problem: ({ id }) => keys.problem(id),
  problem_body: ({ id }) => keys.problemBody(id),
  problem_key: ({ platform, problem_id }) => keys.problemKey(platform, problem_id),
  problem_runs: ({ problem }) => ({ pk: pks.problemRuns(problem) }),
  test_cases: ({ problem }) => keys.testCases(problem),
  test_case: ({ problem, id }) => keys.testCase(problem, id),
  history: ({ id }) => keys.history(id),
  history_detail: ({ id }) => keys.historyDetail(id),
  feed_entry: (row) => ({ pk: pks.feedEntries(feedOf(row), row.id) }),
  // A counter contains its number within the group (`shard`); a node of the tree does not.
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
  experiment: null,
};

const feedOf = ({ feed, sub }: { feed: string; sub: string | null }): Feed =>
  ({ kind: feed, sub: sub ?? "" }) as Feed;

/** Entity of a stream record's item; undefined if no entity has such a key. */
export function entityOf({ dynamodb }: StreamRecord): EntityName | undefined {
  const { data: key } = Keys.safeParse(dynamodb?.Keys);
  return key && entityAt(key);
}

/** Reads a stream record as the change of an entity; throws a CoreError (`invalid`) if that is impossible. */
export function toChange(record: StreamRecord): Change {
  const entity = entityOf(record);
  if (entity === undefined) {
    throw new CoreError("invalid", "a stream record has the key of no known entity");
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
    const message = `a stream record is not a valid ${entity}: ${z.prettifyError(error)}`;
    throw new CoreError("invalid", message, error);
  }
  for (const [name, text] of Object.entries(ownKey[entity]?.(row as never) ?? {})) {
    if (item[name] === text) continue;
    throw new CoreError(
      "invalid",
      `a stream record's ${entity} has a ${name} that its attributes do not imply`,
    );
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

import { DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "../table/action.ts";
import { putItems } from "../table/batch-write.ts";
import type { Database, Item } from "../table/database.ts";
import { type Feed, feedIds, type Key, keys, pks } from "../table/keys.ts";
import { eachOf, queryPages } from "../table/read-items.ts";
import {
  addTo,
  childName,
  childOf,
  type Counts,
  type FeedShape,
  groupName,
  groupOf,
  KEPT_GROUPS,
  LEVELS,
  nameOf,
  nodeOf,
  rangeName,
  rangeOf,
  shardOf,
  shardsOf,
} from "./feed-shape.ts";

/** A feed as counted from its entries: the counts of its ranges, for each shard. */
export interface Counted {
  feed: Feed;
  shards: Counts[];
}

/**
 * Distributes the entries of the public feed over its partitions, counts all feeds again from their entries, and
 * replaces all stored counters and trees, also those of earlier formats. No other program may write meanwhile. Can be
 * repeated after an interruption. Returns the number of feeds.
 */
export async function convertFeeds(db: Database, shape: FeedShape): Promise<number> {
  await spreadEntries(db);
  const feeds = new Map<string, Counted>();
  const old: Key[] = [];
  for await (const items of scanFeeds(db)) {
    for (const item of items) {
      if (!/^\d{12}$/.test(item.sk)) old.push({ pk: item.pk, sk: item.sk });
      else count(feeds, item, shape);
    }
  }
  const written = new Set<string>();
  for (const counted of feeds.values()) {
    const items = countItems(counted, shape);
    for (const { pk, sk } of items) written.add(JSON.stringify([pk, sk]));
    await putItems(db, items);
  }
  for (const key of old) {
    if (written.has(JSON.stringify([key.pk, key.sk]))) continue;
    await db.send(new DeleteCommand({ TableName: db.tableName, Key: { ...key } }));
  }
  return feeds.size;
}

/**
 * Moves the public feed's entries of formats before 4 out of their single partition; each is written to its new place
 * before it is deleted from the old one.
 */
async function spreadEntries(db: Database): Promise<void> {
  const feed: Feed = { kind: "public" };
  for await (const items of queryPages(db, { pk: pks.feed(feed), between: feedIds(0) })) {
    const moved = items.map((item) => ({ ...item, ...keys.feedEntry(feed, Number(item.sk)) }));
    await putItems(db, moved);
    await eachOf(items, ({ pk, sk }) =>
      db.send(new DeleteCommand({ TableName: db.tableName, Key: { pk, sk } })),
    );
  }
}

async function* scanFeeds(db: Database): AsyncGenerator<Item[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(
      new ScanCommand({
        TableName: db.tableName,
        ConsistentRead: true,
        ProjectionExpression: "pk, sk",
        FilterExpression: "begins_with(pk, :feed)",
        ExpressionAttributeValues: { ":feed": "FEED#" },
        ExclusiveStartKey: start,
      }),
    );
    yield (page.Items ?? []) as Item[];
    start = page.LastEvaluatedKey;
  } while (start);
}

function count(feeds: Map<string, Counted>, { pk, sk }: Key, shape: FeedShape): void {
  const id = Number(sk);
  const feed = feedAt(pk);
  if (feed === undefined) return;
  const fresh = () => Array.from({ length: shardsOf(shape, feed) }, (): Counts => new Map());
  const name = pks.feed(feed);
  const counted = feeds.get(name) ?? { feed, shards: fresh() };
  feeds.set(name, counted);
  addTo(counted.shards[shardOf(shape, feed, id)] as Counts, rangeOf(shape, id), 1);
}

function feedAt(pk: string): Feed | undefined {
  if (pk.startsWith("FEED#PUBLIC#")) return { kind: "public" };
  const [, kind, sub] = /^FEED#(OWN_PUBLIC|OWN_PRIVATE)#(.+)$/.exec(pk) ?? [];
  if (kind === undefined || sub === undefined) return undefined;
  return {
    kind: kind === "OWN_PUBLIC" ? "own_public" : "own_private",
    sub: decodeURIComponent(sub),
  };
}

/** The counters and the tree of a feed, computed from its counts. */
export function countItems({ feed, shards }: Counted, shape: FeedShape): Item[] {
  const ranges = new Set(shards.flatMap((counts) => [...counts.keys()]));
  const groups = [...new Set([...ranges].map((range) => groupOf(shape, feed, range)))];
  const kept = new Set(groups.toSorted((a, b) => a - b).slice(-KEPT_GROUPS));
  const isKept = (range: number) => kept.has(groupOf(shape, feed, range));
  const counters = [...kept].flatMap((group) =>
    shards.map((counts, shard) => {
      const own = [...counts].filter(([range]) => groupOf(shape, feed, range) === group);
      const named = own.map(([range, size]) => [rangeName(range), size]);
      const attributes = { ...nameOf(feed), shard, ...Object.fromEntries(named) };
      return toItem(keys.feedCounter(feed, group, shard), "feed_counts", attributes) as Item;
    }),
  );
  const nodes = new Map<string, Item & Record<string, unknown>>();
  for (const [range, size] of shards.flatMap((counts) => [...counts])) {
    if (isKept(range)) continue;
    for (let level = 1; level <= LEVELS; level += 1) {
      const index = nodeOf(shape, level, range);
      const key = keys.feedNode(feed, level, index);
      const node = nodes.get(key.sk) ?? toItem(key, "feed_counts", nameOf(feed));
      const name = childName(shape, index, childOf(shape, level, range));
      const mark = level === 1 ? { [groupName(groupOf(shape, feed, range))]: true } : {};
      const sum = Number(node[name] ?? 0) + size;
      nodes.set(key.sk, { ...node, ...mark, [name]: sum } as Item);
    }
  }
  return [...counters, ...nodes.values()];
}

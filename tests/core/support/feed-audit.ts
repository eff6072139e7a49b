import { FEED_SHAPE, type FeedShape, LEVELS } from "@algoitny/core/history/feed-shape";
import type { Database, Item } from "@algoitny/core/table/database";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";

/** Small numbers, so that few executions fill groups, nodes and levels. */
export const SMALL_SHAPE: FeedShape = { rangeSize: 2, groupRanges: 2, publicShards: 3, radix: 4 };

/** Counts of one feed, by range: as its entries, and as its counters and tree show them. */
type Sizes = Record<string, number>;

/**
 * Compares the counts of every feed with the feed's entries: each range must be counted once, in counters or in the
 * tree, and each node of the tree must equal the sum of those below it. Returns the actual and the correct counts.
 */
export async function auditFeeds(db: Database, shape: FeedShape = FEED_SHAPE) {
  const said: Record<string, Sizes> = {};
  const right: Record<string, Sizes> = {};
  const add = (sizes: Record<string, Sizes>, feed: string, block: string, size: number) => {
    const of = (sizes[feed] ??= {});
    of[block] = (of[block] ?? 0) + size;
  };
  for (const item of await scanFeeds(db)) {
    const feed = item.pk.replace(/^(FEED#PUBLIC)#\d$/, "$1");
    const [, level, index] = /^COUNTS#NODE#(\d)#(\d+)$/.exec(item.sk) ?? [];
    if (/^\d+$/.test(item.sk)) {
      add(right, feed, `range ${Math.floor(Number(item.sk) / shape.rangeSize)}`, 1);
      continue;
    }
    for (const [name, value] of Object.entries(item)) {
      const [, kind, place] = /^([bc])(\d+)$/.exec(name) ?? [];
      if (kind === "b") add(said, feed, `range ${place}`, Number(value));
      if (kind !== "c") continue;
      const child = Number(index) * shape.radix + Number(place);
      const below = Number(level) - 1;
      add(said, feed, below === 0 ? `range ${child}` : `node ${below} ${child}`, Number(value));
      if (Number(level) < LEVELS) add(right, feed, `node ${level} ${Number(index)}`, Number(value));
    }
  }
  // A count of 0 is equivalent to no count.
  const clean = (sizes: Record<string, Sizes>) => {
    const all = Object.entries(sizes).flatMap(([feed, of]) =>
      Object.entries(of).map(([block, size]) => [`${feed} ${block}`, size] as const),
    );
    return Object.fromEntries(all.filter(([, size]) => size !== 0));
  };
  return { said: clean(said), right: clean(right) };
}

async function scanFeeds(db: Database): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(
      new ScanCommand({
        TableName: db.tableName,
        ConsistentRead: true,
        FilterExpression: "begins_with(pk, :feed)",
        ExpressionAttributeValues: { ":feed": "FEED#" },
        ExclusiveStartKey: start,
      }),
    );
    items.push(...((page.Items ?? []) as Item[]));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

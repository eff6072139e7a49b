import type { Database, Item } from "../table/database.ts";
import { COUNTER_PREFIX, FEED_PARTITIONS, type Feed, feedIds, keys, pks } from "../table/keys.ts";
import { eachOf, getItems, query, queryPages } from "../table/read-items.ts";
import { COUNT_LIMIT, isCount } from "../table/stored.ts";
import { type Action, update } from "../table/action.ts";
import {
  addTo,
  childName,
  childOf,
  type Counts,
  type FeedShape,
  firstOf,
  groupName,
  groupOf,
  LEVELS,
  nameOf,
  nodeOf,
  rangeName,
  rangesIn,
  rangeOf,
  shardOf,
  shardsOf,
} from "./feed-shape.ts";

/** One of the counters of a group of ids, as it is stored. */
export interface Counter {
  readonly group: number;
  readonly shard: number;
  readonly item: Item;
  /** False if a manual edit has overwritten it. */
  readonly isWhole: boolean;
  readonly counts: Counts;
  /** Ranges whose stored counts are invalid. */
  readonly nonsense: readonly number[];
}

/** The counts that include an execution: those of its group, or the tree once the group has moved there. */
export type Place = "counters" | "tree";

/** The counters of a feed: those of all its groups that have not moved into the tree. */
export async function readCounters(
  db: Database,
  feed: Feed,
  shape: FeedShape,
): Promise<readonly Counter[]> {
  const count = Math.min(shardsOf(shape, feed), FEED_PARTITIONS);
  const partitions = Array.from({ length: count }, (_, shard) => pks.feedCounters(feed, shard));
  const items = await eachOf(partitions, (pk) => query(db, { pk, prefix: COUNTER_PREFIX }));
  return items.flat().flatMap((item) => toCounter(item, feed, shape));
}

function toCounter(item: Item, feed: Feed, { rangeSize }: FeedShape): Counter[] {
  const [, group, shard] = /#(\d+)#(\d+)$/.exec(item.sk) ?? [];
  if (group === undefined) return [];
  const counts: Counts = new Map();
  const nonsense: number[] = [];
  for (const [name, size] of Object.entries(item)) {
    const [, range] = /^b(\d{1,9})$/.exec(name) ?? [];
    if (range === undefined) continue;
    if (isCount(size, rangeSize)) counts.set(Number(range), size);
    else nonsense.push(Number(range));
  }
  const isWhole = item["feed"] === feed.kind;
  return [{ group: Number(group), shard: Number(shard), item, isWhole, counts, nonsense }];
}

/** The place of the counts of an id, for each of several feeds. */
export async function placesOf(
  db: Database,
  feeds: readonly Feed[],
  id: number,
  shape: FeedShape,
): Promise<Place[]> {
  const range = rangeOf(shape, id);
  const nodes = await getItems(
    db,
    feeds.map((feed) => keys.feedNode(feed, 1, nodeOf(shape, 1, range))),
  );
  return feeds.map((feed, index) =>
    isInTree(nodes[index], groupOf(shape, feed, range)) ? "tree" : "counters",
  );
}

export const isInTree = (node: Item | undefined, group: number): boolean =>
  node?.[groupName(group)] !== undefined;

/**
 * The actions that add or subtract an execution. Those on counters are refused if the group of its id has none, either not
 * yet or no longer; all are refused if a stored count is invalid, until `mendCounts` has run.
 */
export function countIn(
  db: Database,
  feed: Feed,
  id: number,
  { shape, place, difference }: { shape: FeedShape; place: Place; difference: number },
): Action[] {
  const range = rangeOf(shape, id);
  if (place === "tree") return countInTree(db, feed, shape, new Map([[range, difference]]));
  const key = keys.feedCounter(feed, groupOf(shape, feed, range), shardOf(shape, feed, id));
  const name = rangeName(range);
  const condition = { equals: { feed: feed.kind }, counts: { [name]: shape.rangeSize } };
  return [update(db, key, "feed_counts", { add: { [name]: difference } }, condition)];
}

/**
 * The actions that add to the counts of ranges under one node of the first level, and to all nodes above. The ranges of a
 * group that moves are set instead of added to: nothing else changes them before the group's mark exists, and a condition
 * for each of 100 ranges would exceed DynamoDB's 4 KB for an expression.
 */
export function countInTree(
  db: Database,
  feed: Feed,
  shape: FeedShape,
  differences: Counts,
  moved?: { group: number },
): Action[] {
  const [first = 0] = differences.keys();
  return Array.from({ length: LEVELS }, (_, below) => {
    const level = below + 1;
    const index = nodeOf(shape, level, first);
    const children: Counts = new Map();
    for (const [range, size] of differences)
      if (size !== 0) addTo(children, childOf(shape, level, range), size);
    const named = [...children].map(
      ([child, size]) => [childName(shape, index, child), size] as const,
    );
    const key = keys.feedNode(feed, level, index);
    if (moved && level === 1) {
      const mark = groupName(moved.group);
      const set = { ...nameOf(feed), [mark]: true, ...Object.fromEntries(named) };
      return update(db, key, "feed_counts", { set }, { equals: { [mark]: undefined } });
    }
    const most = mostIn(shape, level);
    const counts = Object.fromEntries(named.map(([name]) => [name, most]));
    const changes = { set: nameOf(feed), add: Object.fromEntries(named) };
    return update(db, key, "feed_counts", changes, { counts });
  });
}

/** Highest number of executions in a child of a node at this level. */
export const mostIn = ({ rangeSize, radix }: FeedShape, level: number): number =>
  Math.min(rangeSize * radix ** (level - 1), COUNT_LIMIT);

/** Counts the entries of a feed by their keys, for each shard, from one range to another (both included). */
export async function countEntries(
  db: Database,
  feed: Feed,
  shape: FeedShape,
  { from, to }: { from: number; to: number },
): Promise<Counts[]> {
  const counts: Counts[] = Array.from({ length: shardsOf(shape, feed) }, () => new Map());
  const between = feedIds(from * shape.rangeSize, (to + 1) * shape.rangeSize - 1);
  await eachOf(pks.feedParts(feed), async (pk) => {
    for await (const items of queryPages(db, { pk, between })) {
      for (const { sk } of items) {
        const id = Number(sk);
        addTo(counts[shardOf(shape, feed, id)] as Counts, rangeOf(shape, id), 1);
      }
    }
  });
  return counts;
}

/** Right counts of a counter: where a stored count is invalid, the entries of the feed are counted. */
export async function rightCounts(
  db: Database,
  feed: Feed,
  shape: FeedShape,
  { group, shard, item, isWhole, counts, nonsense }: Counter,
): Promise<Counts> {
  if (isWhole && nonsense.length === 0) return counts;
  const from = firstOf(shape, feed, group);
  const to = from + rangesIn(shape, feed) - 1;
  const counted = (await countEntries(db, feed, shape, { from, to }))[shard] ?? new Map();
  const right = isWhole
    ? new Map([...counts, ...nonsense.map((range) => [range, counted.get(range) ?? 0] as const)])
    : counted;
  const said = [...right].map(([range, size]) => `${rangeName(range)}: ${size}`).join(", ");
  const message = `the counts of a feed must be those of its entries, here ${said || "none"}`;
  db.onUnreadable?.(item, new RangeError(message));
  return right;
}

import { type Action, check, put, remove, update } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { type Feed, type Key, keys, pks } from "../table/keys.ts";
import { getStored } from "../table/read-items.ts";
import { isCount } from "../table/stored.ts";
import { transact } from "../table/transact.ts";
import {
  type Counter,
  countEntries,
  countInTree,
  isInTree,
  mostIn,
  readCounters,
  rightCounts,
} from "./feed-counters.ts";
import {
  addTo,
  childName,
  childOf,
  type Counts,
  type FeedShape,
  firstOf,
  groupName,
  groupOf,
  KEPT_GROUPS,
  LEVELS,
  nameOf,
  nodeOf,
  rangeName,
  rangesIn,
  rangeOf,
  shardsOf,
} from "./feed-shape.ts";
import { openCounts } from "./feed-tree.ts";

/** Running repairs of this process, by table, feed and group. */
const underWay = new Map<string, Promise<void>>();

/**
 * Prepares the counts of an execution's feed for a write that was refused because of them: opens the group of the execution's
 * id, then moves older groups into the tree, and replaces invalid counts. If the repair itself is refused, another process has
 * done it, or the next write will do it. The first executions of a group are refused together: in one process, one of them
 * repairs for all.
 */
export function mendCounts(db: Database, feed: Feed, id: number, shape: FeedShape): Promise<void> {
  const group = groupOf(shape, feed, rangeOf(shape, id));
  const name = `${db.tableName} ${pks.feed(feed)} ${group}`;
  const mending =
    underWay.get(name) ?? mend(db, feed, id, shape).finally(() => underWay.delete(name));
  underWay.set(name, mending);
  return mending;
}

async function mend(db: Database, feed: Feed, id: number, shape: FeedShape): Promise<void> {
  const range = rangeOf(shape, id);
  const group = groupOf(shape, feed, range);
  const node = await getStored(db, keys.feedNode(feed, 1, nodeOf(shape, 1, range)));
  if (isInTree(node, group)) return mendNodes(db, feed, range, shape);
  const counters = await readCounters(db, feed, shape);
  await mendGroup(db, feed, group, { shape, counters });
  for (const each of olderGroups(counters, group)) {
    try {
      await moveGroup(db, feed, each, { shape, counters });
    } catch (error) {
      // After a failed move the group stays in its counters, and the move is tried again when another group is opened.
      db.onUnreadable?.(
        keys.feedNode(feed, 1, nodeOf(shape, 1, firstOf(shape, feed, each))),
        error,
      );
    }
  }
  return undefined;
}

const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });

function olderGroups(counters: readonly Counter[], opened: number): number[] {
  const groups = new Set([...counters.map(({ group }) => group), opened]);
  return [...groups].toSorted((a, b) => a - b).slice(0, -KEPT_GROUPS);
}

interface GroupOptions {
  shape: FeedShape;
  counters: readonly Counter[];
}

/**
 * Writes the missing or invalid counters of a group. While a counter or range is invalid, writes to it are refused, so the
 * counts computed here stay correct until they are written.
 */
async function mendGroup(
  db: Database,
  feed: Feed,
  group: number,
  { shape, counters }: GroupOptions,
): Promise<void> {
  const from = firstOf(shape, feed, group);
  const there = counters.filter((each) => each.group === group);
  const shards = Array.from({ length: shardsOf(shape, feed) }, (_, shard) => shard);
  const missing = shards.filter((shard) => !there.some((each) => each.shard === shard));
  const counted =
    missing.length === 0
      ? []
      : await countEntries(db, feed, shape, { from, to: from + rangesIn(shape, feed) - 1 });
  const opened = missing.map((shard) =>
    putCounter(db, feed, { group, shard }, counted[shard] ?? new Map(), { exists: false }),
  );
  const broken = there.filter(({ isWhole, nonsense }) => !isWhole || nonsense.length > 0);
  const mended = await Promise.all(
    broken.map(async (counter) => {
      const right = await rightCounts(db, feed, shape, counter);
      const { item, isWhole, nonsense } = counter;
      if (!isWhole) return putCounter(db, feed, counter, right, { equals: { feed: item["feed"] } });
      const names = nonsense.map((range) => [range, rangeName(range)] as const);
      const set = Object.fromEntries(names.map(([range, name]) => [name, right.get(range) ?? 0]));
      const equals = Object.fromEntries(names.map(([, name]) => [name, item[name]]));
      return update(db, keyOf(item), "feed_counts", { set }, { equals });
    }),
  );
  const actions = [...opened, ...mended];
  if (actions.length === 0) return;
  // A group that is in the tree is never opened again.
  const node = keys.feedNode(feed, 1, nodeOf(shape, 1, from));
  await transact(db, [check(db, node, { equals: { [groupName(group)]: undefined } }), ...actions]);
}

function putCounter(
  db: Database,
  feed: Feed,
  { group, shard }: { group: number; shard: number },
  counts: Counts,
  condition: Parameters<typeof put>[4],
): Action {
  const named = [...counts].map(([range, size]) => [rangeName(range), size] as const);
  const attributes = { ...nameOf(feed), shard, ...Object.fromEntries(named) };
  return put(db, keys.feedCounter(feed, group, shard), "feed_counts", attributes, condition);
}

/**
 * Moves the counts of a group from its counters into the tree, all or nothing, if no count has changed meanwhile. If a counter
 * is missing or invalid, mends the group instead.
 */
async function moveGroup(
  db: Database,
  feed: Feed,
  group: number,
  { shape, counters }: GroupOptions,
): Promise<void> {
  const own = counters.filter((each) => each.group === group);
  const isWhole = own.every((each) => each.isWhole && each.nonsense.length === 0);
  if (!isWhole || own.length < shardsOf(shape, feed))
    return mendGroup(db, feed, group, { shape, counters });
  const first = firstOf(shape, feed, group);
  const ranges = Array.from({ length: rangesIn(shape, feed) }, (_, index) => first + index);
  const totals: Counts = new Map(ranges.map((range) => [range, 0]));
  for (const [range, size] of own.flatMap(({ counts }) => [...counts])) addTo(totals, range, size);
  const removed = own.map(({ item }) => {
    const counts = ranges.map((range) => [rangeName(range), item[rangeName(range)]]);
    return remove(db, keyOf(item), { equals: { feed: feed.kind, ...Object.fromEntries(counts) } });
  });
  await transact(db, [...removed, ...countInTree(db, feed, shape, totals, { group })]);
  return undefined;
}

/** Replaces invalid counts that include a range, beginning at the lowest node. */
async function mendNodes(db: Database, feed: Feed, range: number, shape: FeedShape): Promise<void> {
  for (let level = 1; level <= LEVELS; level += 1) {
    const index = nodeOf(shape, level, range);
    const child = childOf(shape, level, range);
    const name = childName(shape, index, child);
    const key = keys.feedNode(feed, level, index);
    const value = (await getStored(db, key))?.[name];
    if (value === undefined || isCount(value, mostIn(shape, level))) continue;
    const right = (await (await openCounts(db, feed, shape)).moved(level, index)).get(child) ?? 0;
    const set = { [name]: right };
    await transact(db, [update(db, key, "feed_counts", { set }, { equals: { [name]: value } })]);
  }
}

import type { Database, Item } from "../table/database.ts";
import { type Feed, keys } from "../table/keys.ts";
import { getStored } from "../table/read-items.ts";
import { isCount } from "../table/stored.ts";
import { countEntries, isInTree, mostIn, readCounters, rightCounts } from "./feed-counters.ts";
import {
  addTo,
  childOf,
  type Counts,
  type FeedShape,
  firstOf,
  LEVELS,
  nodeOf,
  sumOf,
} from "./feed-shape.ts";

/** The counts of a feed, level by level. */
export interface FeedCounts {
  /** Number of executions of each child of a node: of ranges on the first level, of nodes of the level below on others. */
  children(level: number, index: number): Promise<Counts>;
  /** The same, without the groups that are not in the tree. */
  moved(level: number, index: number): Promise<Counts>;
}

/**
 * Reads the requested counts of a feed. Counters are read first, the tree later: a group that moves meanwhile is then
 * found in the tree, whose first level marks it. Above a group that has not moved, nodes are summed from their children,
 * because the group may move before those nodes are read.
 */
export async function openCounts(db: Database, feed: Feed, shape: FeedShape): Promise<FeedCounts> {
  const counters = await readCounters(db, feed, shape);
  const node = rememberNodes(db, feed);
  const newest: Counts = new Map();
  const above = new Map<string, { level: number; index: number }>();
  const groups = [...Map.groupBy(counters, ({ group }) => group)];
  await Promise.all(
    groups.map(async ([group, each]) => {
      const first = firstOf(shape, feed, group);
      if (isInTree(await node(1, nodeOf(shape, 1, first)), group)) return;
      for (let level = 1; level < LEVELS; level += 1) {
        const index = nodeOf(shape, level, first);
        above.set(nameOfNode(level, index), { level, index });
      }
      const all = await Promise.all(each.map((counter) => rightCounts(db, feed, shape, counter)));
      for (const [range, size] of all.flatMap((counts) => [...counts])) addTo(newest, range, size);
    }),
  );

  const moved = async (level: number, index: number): Promise<Counts> => {
    const counts: Counts = new Map();
    const item = await node(level, index);
    for (const [child, value] of childrenOf(item, index, shape)) {
      if (above.has(nameOfNode(level - 1, child))) continue;
      const right = async () => {
        if (level > 1) return sumOf(await moved(level - 1, child));
        return sumOf(allOf(await countEntries(db, feed, shape, { from: child, to: child })));
      };
      const isRight = isCount(value, mostIn(shape, level));
      counts.set(child, isRight ? value : await right());
      if (!isRight && item) reportNode(db, item, counts.get(child));
    }
    const below = [...above.values()].filter(
      (each) => each.level === level - 1 && parentOf(shape, each) === index,
    );
    await Promise.all(
      below.map(async (each) => {
        counts.set(each.index, sumOf(await moved(each.level, each.index)));
      }),
    );
    return counts;
  };

  return {
    moved,
    children: async (level, index) => {
      const counts = await moved(level, index);
      for (const [range, size] of newest)
        if (nodeOf(shape, level, range) === index)
          addTo(counts, childOf(shape, level, range), size);
      return counts;
    },
  };
}

/** The children that a node counts, with their counts. */
function* childrenOf(
  item: Item | undefined,
  index: number,
  { radix }: FeedShape,
): Generator<[child: number, value: unknown]> {
  for (const [name, value] of Object.entries(item ?? {})) {
    const [, place] = /^c(\d{1,9})$/.exec(name) ?? [];
    if (place !== undefined) yield [index * radix + Number(place), value];
  }
}

function reportNode(db: Database, item: Item, right: number | undefined): void {
  const message = `a node of a feed's counts has an invalid count where ${right} is right`;
  db.onUnreadable?.(item, new RangeError(message));
}

/** Each node is read once, so that all sums use the same counts. */
function rememberNodes(db: Database, feed: Feed) {
  const nodes = new Map<string, Promise<Item | undefined>>();
  return (level: number, index: number): Promise<Item | undefined> => {
    const name = nameOfNode(level, index);
    const known = nodes.get(name) ?? getStored(db, keys.feedNode(feed, level, index));
    nodes.set(name, known);
    return known;
  };
}

const nameOfNode = (level: number, index: number): string => `${level}:${index}`;

const parentOf = (
  { radix }: FeedShape,
  { level, index }: { level: number; index: number },
): number => (level + 1 === LEVELS ? 0 : Math.floor(index / radix));

const allOf = (shards: readonly Counts[]): Counts =>
  new Map(shards.flatMap((counts, shard) => [[shard, sumOf(counts)] as const]));

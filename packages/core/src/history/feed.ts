import { type Action, put, remove } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { type Feed, feedIds, keys, pks } from "../table/keys.ts";
import { getItems, query } from "../table/read-items.ts";
import { countIn, type Place, placesOf } from "./feed-counters.ts";
import { addTo, type Counts, type FeedShape, LEVELS, nameOf, sumOf } from "./feed-shape.ts";
import { type FeedCounts, openCounts } from "./feed-tree.ts";

/**
 * Feeds that list an execution: the public one and its owner's for a public execution, its owner's private one
 * otherwise.
 */
export function feedsOf({ sub, is_code_public }: { sub: string; is_code_public: boolean }): Feed[] {
  return is_code_public
    ? [{ kind: "public" }, { kind: "own_public", sub }]
    : [{ kind: "own_private", sub }];
}

/** The feeds that together contain everything that a viewer may see, each execution once. */
export function feedsFor(viewer: string | undefined, myOnly: boolean): Feed[] {
  const ownPrivate: Feed[] = viewer === undefined ? [] : [{ kind: "own_private", sub: viewer }];
  if (!myOnly) return [{ kind: "public" }, ...ownPrivate];
  return viewer === undefined ? [] : [{ kind: "own_public", sub: viewer }, ...ownPrivate];
}

/** The actions that add an execution to a feed and to its counts. */
export function joinFeed(
  db: Database,
  feed: Feed,
  id: number,
  { shape, place }: { shape: FeedShape; place: Place },
): Action[] {
  const entry = put(
    db,
    keys.feedEntry(feed, id),
    "feed_entry",
    { ...nameOf(feed), id },
    { exists: false },
  );
  return [entry, ...countIn(db, feed, id, { shape, place, difference: 1 })];
}

function leaveFeed(
  db: Database,
  feed: Feed,
  id: number,
  { shape, place }: { shape: FeedShape; place: Place },
): Action[] {
  const entry = remove(db, keys.feedEntry(feed, id), { exists: true });
  return [entry, ...countIn(db, feed, id, { shape, place, difference: -1 })];
}

/** The actions that add an execution to the feeds that list it, and remove it from all others. */
export async function moveFeeds(
  db: Database,
  execution: { id: number; sub: string; is_code_public: boolean },
  shape: FeedShape,
): Promise<Action[]> {
  const { id, is_code_public } = execution;
  const listed = feedsOf(execution);
  const feeds = [...listed, ...feedsOf({ ...execution, is_code_public: !is_code_public })];
  const entries = await getItems(
    db,
    feeds.map((feed) => keys.feedEntry(feed, id)),
  );
  const places = await placesOf(db, feeds, id, shape);
  return feeds.flatMap((feed, index) => {
    const isListed = index < listed.length;
    if (isListed === (entries[index] !== undefined)) return [];
    const options = { shape, place: places[index] as Place };
    return isListed ? joinFeed(db, feed, id, options) : leaveFeed(db, feed, id, options);
  });
}

/**
 * At most `limit` ids of the merged feeds, newest first, after the first `offset` ones; and the number of all. Ids
 * before the offset are skipped by counts, down the tree: in addition to `limit` entries of each partition, at most about
 * one range's entries of each feed are read.
 */
export async function sliceFeeds(
  db: Database,
  feeds: readonly Feed[],
  { offset, limit, shape }: { offset: number; limit: number; shape: FeedShape },
): Promise<{ ids: number[]; count: number }> {
  const counted = await Promise.all(feeds.map((feed) => openCounts(db, feed, shape)));
  const { count, start } = await findRange(counted, offset, shape);
  if (start === undefined) return { ids: [], count };

  const between = feedIds(0, (start.range + 1) * shape.rangeSize - 1);
  const parts = await Promise.all(
    feeds.flatMap((feed, index) => {
      const places = pks.feedParts(feed);
      // The skipped ids all belong to one range, whose ids are spread evenly over the feed's partitions.
      const skipped = Math.min(
        start.skip,
        start.sizes[index] ?? 0,
        Math.ceil(shape.rangeSize / places.length),
      );
      return places.map((pk) =>
        query(db, { pk, between, newestFirst: true, limit: skipped + limit }),
      );
    }),
  );
  // An execution that moves between feeds while they are read may be found in both.
  const ids = [...new Set(parts.flat().map(({ sk }) => Number(sk)))];
  return { ids: ids.toSorted((a, b) => b - a).slice(start.skip, start.skip + limit), count };
}

/**
 * The total number of executions, and as `start` the range that contains the offset, the number of its executions to skip,
 * and each feed's number of executions in it; `start` is undefined past the end. If counts have shrunk between the reads of two
 * levels, `start` is the end of the oldest block.
 */
async function findRange(feeds: readonly FeedCounts[], offset: number, { radix }: FeedShape) {
  let block = 0;
  let skip = offset;
  let sizes: number[] = [];
  let count = 0;
  for (let level = LEVELS; level > 0; level -= 1) {
    const counts = await Promise.all(feeds.map((feed) => feed.children(level, block)));
    const all: Counts = new Map();
    for (const [child, size] of counts.flatMap((each) => [...each])) addTo(all, child, size);
    if (level === LEVELS) count = sumOf(all);
    if (offset >= count) return { count, start: undefined };
    ({ block, skip } = findBlock(all, skip, block * radix));
    sizes = counts.map((each) => each.get(block) ?? 0);
  }
  return { count, start: { range: block, skip, sizes } };
}

/** The newest block that reaches beyond the skipped executions, and the number to skip in it; otherwise the oldest block. */
function findBlock(counts: Counts, offset: number, first: number) {
  let found = { block: first, skip: 0 };
  let skip = offset;
  for (const [block, size] of [...counts].toSorted(([a], [b]) => b - a)) {
    found = { block, skip: Math.min(skip, size) };
    if (skip < size) return found;
    skip -= size;
  }
  return found;
}

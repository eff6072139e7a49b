import { type Action, put, remove } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { type Feed, feedIds, keys } from "../table/keys.ts";
import { getItems, query } from "../table/read-items.ts";
import { type Counts, countIn, nameOf, readCounts, sumOf } from "./feed-counts.ts";

/** The feeds that list an execution: a public one is in everybody's and its owner's, a private one in its owner's alone. */
export function feedsOf({ sub, is_code_public }: { sub: string; is_code_public: boolean }): Feed[] {
  return is_code_public
    ? [{ kind: "public" }, { kind: "own_public", sub }]
    : [{ kind: "own_private", sub }];
}

/** The feeds that together hold, once each, what a viewer is to see. */
export function feedsFor(viewer: string | undefined, myOnly: boolean): Feed[] {
  const ownPrivate: Feed[] = viewer === undefined ? [] : [{ kind: "own_private", sub: viewer }];
  if (!myOnly) return [{ kind: "public" }, ...ownPrivate];
  return viewer === undefined ? [] : [{ kind: "own_public", sub: viewer }, ...ownPrivate];
}

/** The steps that put an execution into a feed, or take it out, with the feed's counts. */
export function joinFeed(db: Database, feed: Feed, id: number, bucketSize: number): Action[] {
  const entry = put(
    db,
    keys.feedEntry(feed, id),
    "feed_entry",
    { ...nameOf(feed), id },
    { exists: false },
  );
  return [entry, countIn(db, feed, id, { bucketSize, difference: 1 })];
}

function leaveFeed(db: Database, feed: Feed, id: number, bucketSize: number): Action[] {
  const entry = remove(db, keys.feedEntry(feed, id), { exists: true });
  return [entry, countIn(db, feed, id, { bucketSize, difference: -1 })];
}

/** The steps that put an execution into the feeds that list it, and take it out of others, whichever it is in. */
export async function moveFeeds(
  db: Database,
  execution: { id: number; sub: string; is_code_public: boolean },
  bucketSize: number,
): Promise<Action[]> {
  const { id, is_code_public } = execution;
  const listed = feedsOf(execution);
  const others = feedsOf({ ...execution, is_code_public: !is_code_public });
  const entries = await getItems(
    db,
    [...listed, ...others].map((feed) => keys.feedEntry(feed, id)),
  );
  return [
    ...listed.flatMap((feed, index) => (entries[index] ? [] : joinFeed(db, feed, id, bucketSize))),
    ...others.flatMap((feed, index) =>
      entries[listed.length + index] ? leaveFeed(db, feed, id, bucketSize) : [],
    ),
  ];
}

/**
 * The ids from `offset` on of feeds merged newest first, and how many there are in all. Ranges of ids that end
 * before the offset are skipped by their counts: at most one range's entries are read beyond those returned.
 */
export async function sliceFeeds(
  db: Database,
  feeds: readonly Feed[],
  { offset, limit, bucketSize }: { offset: number; limit: number; bucketSize: number },
): Promise<{ ids: number[]; count: number }> {
  const items = await getItems(db, feeds.map(keys.feedCounts));
  const all = await Promise.all(items.map((item) => readCounts(db, item, bucketSize)));
  const counts = sumBuckets(all);
  const count = sumOf(counts);
  const start = findBucket(counts, offset);
  if (start === undefined) return { ids: [], count };

  const lastId = (start.bucket + 1) * bucketSize - 1;
  const parts = await Promise.all(
    feeds.map((feed) =>
      query(db, {
        pk: keys.feedCounts(feed).pk,
        between: feedIds(0, lastId),
        newestFirst: true,
        limit: start.skip + limit,
      }),
    ),
  );
  // One that moves from feed to feed while they are read may be found in both.
  const ids = [...new Set(parts.flat().map(({ sk }) => Number(sk)))];
  return { ids: ids.toSorted((a, b) => b - a).slice(start.skip, start.skip + limit), count };
}

/** Sums the counts of several feeds, whose buckets are the same ranges of ids. */
function sumBuckets(feeds: readonly Counts[]): Counts {
  const buckets: Counts = new Map();
  for (const [bucket, size] of feeds.flatMap((counts) => [...counts]))
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + size);
  return buckets;
}

/** The newest bucket that reaches beyond the offset, and how much of it the offset skips; undefined past the end. */
function findBucket(buckets: ReadonlyMap<number, number>, offset: number) {
  let skip = offset;
  for (const [bucket, size] of [...buckets].toSorted(([a], [b]) => b - a)) {
    if (skip < size) return { bucket, skip };
    skip -= size;
  }
  return undefined;
}

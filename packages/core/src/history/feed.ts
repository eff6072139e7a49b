import { type Action, put, remove, update } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { type Feed, keys } from "../table/keys.ts";
import { getItems, query } from "../table/read-items.ts";
import { FeedCounts } from "./history.ts";

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
  return [entry, countBy(db, feed, id, { bucketSize, difference: 1 })];
}

export function leaveFeed(db: Database, feed: Feed, id: number, bucketSize: number): Action[] {
  const entry = remove(db, keys.feedEntry(feed, id), { exists: true });
  return [entry, countBy(db, feed, id, { bucketSize, difference: -1 })];
}

function countBy(
  db: Database,
  feed: Feed,
  id: number,
  { bucketSize, difference }: { bucketSize: number; difference: number },
) {
  const bucket = `b${Math.floor(id / bucketSize)}`;
  return update(db, keys.feedCounts(feed), "feed_counts", {
    set: nameOf(feed),
    add: { total: difference, [bucket]: difference },
  });
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
  const counts = items.flatMap((item) => (item ? [FeedCounts.parse(item)] : []));
  const count = counts.reduce((sum, { total }) => sum + total, 0);
  const start = findBucket(sumBuckets(counts), offset);
  if (start === undefined) return { ids: [], count };

  const lastId = (start.bucket + 1) * bucketSize - 1;
  const parts = await Promise.all(
    feeds.map((feed) =>
      query(db, {
        pk: keys.feedCounts(feed).pk,
        between: [keys.feedEntry(feed, 0).sk, keys.feedEntry(feed, lastId).sk],
        newestFirst: true,
        limit: start.skip + limit,
      }),
    ),
  );
  // One that moves from feed to feed while they are read may be found in both.
  const ids = [...new Set(parts.flat().map((item) => Number(item["id"])))];
  return { ids: ids.toSorted((a, b) => b - a).slice(start.skip, start.skip + limit), count };
}

/** Sums the counts of several feeds, whose buckets are the same ranges of ids. */
function sumBuckets(counts: readonly FeedCounts[]): Map<number, number> {
  const buckets = new Map<number, number>();
  for (const [name, size] of counts.flatMap((feed) => Object.entries(feed))) {
    if (!/^b\d+$/.test(name) || typeof size !== "number") continue;
    const bucket = Number(name.slice(1));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + size);
  }
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

const nameOf = (feed: Feed) => ({ feed: feed.kind, ...("sub" in feed ? { sub: feed.sub } : {}) });

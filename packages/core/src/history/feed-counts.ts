import { type Action, update } from "../table/action.ts";
import type { Database, Item } from "../table/database.ts";
import { type Feed, feedIds, type Key, keys } from "../table/keys.ts";
import { getStored, queryPages } from "../table/read-items.ts";
import { COUNT_LIMIT, isCount } from "../table/stored.ts";
import { transact } from "../table/transact.ts";

/** How many executions there are in each range of ids: attributes `b0`, `b1`, …, and `total` is their sum. */
export type Counts = Map<number, number>;

/** No id has more than 12 digits, and a range has a thousand ids. */
const BUCKET = /^b(\d{1,9})$/;

/** The step that counts an execution in or out. Where nonsense is stored it is refused, until `repairCounts` has run. */
export function countIn(
  db: Database,
  feed: Feed,
  id: number,
  { bucketSize, difference }: { bucketSize: number; difference: number },
): Action {
  const bucket = `b${Math.floor(id / bucketSize)}`;
  return update(
    db,
    keys.feedCounts(feed),
    "feed_counts",
    {
      set: nameOf(feed),
      add: { total: difference, [bucket]: difference },
    },
    { counts: { total: COUNT_LIMIT, [bucket]: bucketSize } },
  );
}

/** A feed's counts as they are stored; where they are nonsense, or not the total, the feed itself is counted. */
export async function readCounts(
  db: Database,
  stored: Item | undefined,
  bucketSize: number,
): Promise<Counts> {
  if (stored === undefined) return new Map();
  const { counts, nonsense } = checkCounts(stored, bucketSize);
  for (const bucket of nonsense)
    counts.set(bucket, sumOf(await countEntries(db, stored.pk, bucketSize, bucket)));
  const isWhole = sumOf(counts) === stored["total"];
  if (isWhole && nonsense.length === 0) return counts;
  const right = isWhole ? counts : await countEntries(db, stored.pk, bucketSize);
  const message = `\`total\` must be the sum of the ranges \`b0\`, \`b1\`, …, here ${sumOf(right)}`;
  db.onUnreadable?.(stored, new RangeError(message));
  return right;
}

/**
 * Writes what a feed's counts should be in place of the nonsense that is stored. No execution is counted in or out of a
 * range or a total that is nonsense, so that what is counted here stays right until it is written.
 */
export async function repairCounts(db: Database, key: Key, bucketSize: number): Promise<void> {
  const stored = await getStored(db, key);
  if (stored === undefined) return;
  const { total } = stored;
  const { counts, nonsense } = checkCounts(stored, bucketSize);
  const isTotal = isCount(total, COUNT_LIMIT);
  const right = isTotal ? new Map<number, number>() : await countEntries(db, key.pk, bucketSize);
  for (const bucket of nonsense)
    right.set(bucket, sumOf(await countEntries(db, key.pk, bucketSize, bucket)));
  const wrong = [...right].filter(([bucket, size]) => counts.get(bucket) !== size);
  const named = wrong.map(([bucket, size]) => [`b${bucket}`, size] as const);
  const set = {
    ...Object.fromEntries(named),
    ...(isTotal ? {} : { total: sumOf(right) }),
  };
  if (Object.keys(set).length === 0) return;
  const equals = Object.fromEntries(Object.keys(set).map((name) => [name, stored[name]]));
  await transact(db, [update(db, key, "feed_counts", { set }, { equals })]);
}

/** The ranges whose counts can be right, and those whose cannot. */
function checkCounts(stored: Item, bucketSize: number): { counts: Counts; nonsense: number[] } {
  const counts: Counts = new Map();
  const nonsense: number[] = [];
  for (const [name, size] of Object.entries(stored)) {
    const [, bucket] = BUCKET.exec(name) ?? [];
    if (bucket === undefined) continue;
    if (isCount(size, bucketSize)) counts.set(Number(bucket), size);
    else nonsense.push(Number(bucket));
  }
  return { counts, nonsense };
}

/** Counts the entries of a feed, or of one of its ranges, by their keys. */
async function countEntries(
  db: Database,
  pk: string,
  bucketSize: number,
  bucket?: number,
): Promise<Counts> {
  const counts: Counts = new Map(bucket === undefined ? [] : [[bucket, 0]]);
  const between =
    bucket === undefined ? feedIds(0) : feedIds(bucket * bucketSize, (bucket + 1) * bucketSize - 1);
  for await (const items of queryPages(db, { pk, between })) {
    for (const { sk } of items) {
      const range = Math.floor(Number(sk) / bucketSize);
      counts.set(range, (counts.get(range) ?? 0) + 1);
    }
  }
  return counts;
}

export const sumOf = (counts: Counts): number =>
  [...counts.values()].reduce((sum, size) => sum + size, 0);

/** The attributes by which an item says of which feed it is. */
export const nameOf = (feed: Feed) => ({
  feed: feed.kind,
  ...("sub" in feed && { sub: feed.sub }),
});

import type { Feed } from "../table/keys.ts";

/** The parameters by which executions of a feed are counted; tests use smaller ones. */
export interface FeedShape {
  /** Number of ids that share one count. */
  rangeSize: number;
  /** Number of ranges of the public feed whose counts move from the counters into the tree together. */
  groupRanges: number;
  /** Number of counters of each group of the public feed, so that concurrent transactions rarely conflict. */
  publicShards: number;
  /** Number of children of a node of the tree. A multiple of `groupRanges`, so that a group belongs to one node. */
  radix: number;
}

/** 10,000 ids, ten seconds of a contest, share 64 counters of 200 bytes; a node of the tree is under 1 KB. */
export const FEED_SHAPE: FeedShape = {
  rangeSize: 1_000,
  groupRanges: 10,
  publicShards: 64,
  radix: 100,
};

/** Levels of the tree: nodes of the first count ranges; the last level has a single node, above all others. */
export const LEVELS = 4;

/**
 * Number of a feed's newest groups that keep their counters: writes that have already taken an id may still arrive in the
 * last but one.
 */
export const KEPT_GROUPS = 2;

/** Block (a range, a group, a node of some level) → its number of executions. */
export type Counts = Map<number, number>;

export const sumOf = (counts: Counts): number =>
  [...counts.values()].reduce((sum, size) => sum + size, 0);

export function addTo(counts: Counts, block: number, size: number): void {
  counts.set(block, (counts.get(block) ?? 0) + size);
}

export const rangeOf = ({ rangeSize }: FeedShape, id: number): number => Math.floor(id / rangeSize);

/**
 * Number of ranges in a group. A user's executions are few: in users' own feeds, a group is everything that one node of
 * the first level counts.
 */
export const rangesIn = ({ groupRanges, radix }: FeedShape, feed: Feed): number =>
  feed.kind === "public" ? groupRanges : radix;

export const groupOf = (shape: FeedShape, feed: Feed, range: number): number =>
  Math.floor(range / rangesIn(shape, feed));

/** First range of a group. */
export const firstOf = (shape: FeedShape, feed: Feed, group: number): number =>
  group * rangesIn(shape, feed);

export const shardsOf = ({ publicShards }: FeedShape, feed: Feed): number =>
  feed.kind === "public" ? publicShards : 1;

export const shardOf = (shape: FeedShape, feed: Feed, id: number): number =>
  id % shardsOf(shape, feed);

/** The node of a level above a range. */
export const nodeOf = (shape: FeedShape, level: number, range: number): number =>
  level === LEVELS ? 0 : Math.floor(range / shape.radix ** level);

/** The child of a range's node at a level: the range itself, or a node of the level below. */
export const childOf = (shape: FeedShape, level: number, range: number): number =>
  Math.floor(range / shape.radix ** (level - 1));

/** The attribute of a node that counts a child. */
export const childName = (shape: FeedShape, index: number, child: number): string =>
  `c${child - index * shape.radix}`;

/** The attribute of a node of the first level that marks a group as moved into the tree. */
export const groupName = (group: number): string => `g${group}`;

/** The attribute of a counter that counts a range. */
export const rangeName = (range: number): string => `b${range}`;

/** The attributes that name an item's feed. */
export const nameOf = (feed: Feed) => ({
  feed: feed.kind,
  ...("sub" in feed && { sub: feed.sub }),
});

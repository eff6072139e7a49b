import type { Feed } from "../table/keys.ts";

/** The numbers by which executions of a feed are counted; tests take smaller ones. */
export interface FeedShape {
  /** Ids that share one count. */
  rangeSize: number;
  /** Ranges of the public feed whose counts move from the counters into the tree together. */
  groupRanges: number;
  /** Counters of each group of the public feed, whose transactions do not disturb one another. */
  publicShards: number;
  /** Children of a node of the tree. A multiple of `groupRanges`, so that a group is in one node. */
  radix: number;
}

/** 10,000 ids, ten seconds of a contest, share 64 counters of 200 bytes; a node of the tree is under 1 KB. */
export const FEED_SHAPE: FeedShape = {
  rangeSize: 1_000,
  groupRanges: 10,
  publicShards: 64,
  radix: 100,
};

/** Levels of the tree: a node of the first has counts of ranges, the only one of the last all the rest. */
export const LEVELS = 4;

/** Newest groups of a feed that keep their counters: writes that have taken an id may still come to the last but one. */
export const KEPT_GROUPS = 2;

/** Block (a range, a group, a node of some level) → how many executions it has. */
export type Counts = Map<number, number>;

export const sumOf = (counts: Counts): number =>
  [...counts.values()].reduce((sum, size) => sum + size, 0);

export function addTo(counts: Counts, block: number, size: number): void {
  counts.set(block, (counts.get(block) ?? 0) + size);
}

export const rangeOf = ({ rangeSize }: FeedShape, id: number): number => Math.floor(id / rangeSize);

/** Ranges of a group. Users come rarely: a group of their own feeds is all that one node of the first level counts. */
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

/** The node of a level that a range is under. */
export const nodeOf = (shape: FeedShape, level: number, range: number): number =>
  level === LEVELS ? 0 : Math.floor(range / shape.radix ** level);

/** The child, a range or a node of the level below, that a range is under in its node of this level. */
export const childOf = (shape: FeedShape, level: number, range: number): number =>
  Math.floor(range / shape.radix ** (level - 1));

/** The attribute of a node that counts a child. */
export const childName = (shape: FeedShape, index: number, child: number): string =>
  `c${child - index * shape.radix}`;

/** The attribute of a node of the first level that says that a group is in the tree. */
export const groupName = (group: number): string => `g${group}`;

/** The attribute of a counter that counts a range. */
export const rangeName = (range: number): string => `b${range}`;

/** The attributes by which an item says of which feed it is. */
export const nameOf = (feed: Feed) => ({
  feed: feed.kind,
  ...("sub" in feed && { sub: feed.sub }),
});

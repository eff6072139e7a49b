/**
 * Kinds of scopes that the loads of recorded views use: none. They read items and whole partitions, so that each changed
 * item has three names. The ranges of feeds are partitions too: ids begin with the same digits. Every function has to use
 * this list: entries of one with another list are invalidated by all writes.
 */
export const RECORDED_SCOPES = [] as const;

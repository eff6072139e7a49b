/**
 * Fine scopes that the loads of recorded views use: none, so that a changed item has seven tags. The loads read items
 * and whole partitions. A range of a feed counts as its partition: prefixes would not narrow it, because ids begin
 * with the same digits. Every function has to use this list: if a load uses a scope that a writer lacks, every write
 * of that writer invalidates the load's entry.
 */
export const RECORDED_SCOPES = [] as const;

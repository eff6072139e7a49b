/**
 * Fine scopes that the loads of recorded views use: none, so that a changed item has seven names. The loads read items and
 * whole partitions. A range of a feed counts as its partition: prefixes would not narrow it, because ids begin with the same
 * digits. Every function has to use this list: all writes invalidate entries whose reads used a scope that the writer lacks.
 */
export const RECORDED_SCOPES = [] as const;

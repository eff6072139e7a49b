/** Promises of the cache that a history can show to be broken. */
export type PromiseName =
  | "never stale after an invalidation"
  | "values come back exactly"
  | "lifetimes are kept"
  | "a full store takes invalidations"
  | "nothing is written unannounced"
  | "one load for all"
  | "reads end in time"
  | "only loads make reads fail";

/** A broken promise, with the details. */
export interface Complaint {
  readonly promise: PromiseName;
  readonly text: string;
}

export { Cache, type Reading } from "./cache.ts";
export type { Clock } from "./clock.ts";
export { defineResource } from "./define-resource.ts";
export { type Duration, toMs } from "./duration.ts";
export type { CacheOptions, RefreshTask } from "./engine/context.ts";
export type { Entry, EntryHeader } from "./protocol/entry.ts";
export { CacheError, type CacheErrorCode } from "./errors.ts";
export { type CacheEvent, EVENT_CHANNEL } from "./events.ts";
export type { PatternOptions, PatternResult } from "./invalidation/pattern.ts";
export { keyOfArguments, keyOfJson } from "./json-key.ts";
export { encodeSegment, keyOf, orAbsent } from "./key.ts";
export { resourceTag } from "./protocol/key-names.ts";
export type { ReadRequest } from "./engine/read-context.ts";
export type { RefreshResult } from "./engine/refresh.ts";
export type { RefreshManyRequest, RefreshManyResult } from "./engine/warm-many.ts";
export {
  type AnyResource,
  Loaded,
  type LoadContext,
  type Resource,
  type ResourceOptions,
  type StandardSchema,
  tolerant,
  type TolerantTag,
} from "./resource.ts";
export type { ReadDetail, ReadStatus } from "./engine/served.ts";
export {
  BACKOFF,
  type CommitRequest,
  type ExpireRequest,
  type LeaseBatch,
  type LeaseGrant,
  type LeaseRequest,
  type Outcome,
  type ReleaseRequest,
  type StampKey,
  type Store,
  type UniqueName,
} from "./store.ts";
export { MemoryStore } from "./stores/memory.ts";
export { defineTags, parseTag, type Tag } from "./tag.ts";
export { cacheMethod, cacheQuery, type QueryOptions } from "./wrap.ts";

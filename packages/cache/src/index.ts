export type { BoundCache } from "./bound-cache.ts";
export type { CacheEntry } from "./cache-entry.ts";
export { Cache } from "./cache.ts";
export type { Clock } from "./clock.ts";
export { defineResource } from "./define-resource.ts";
export { type Duration, toMs } from "./duration.ts";
export type { CacheOptions, Invalidated, RefreshTask } from "./engine/context.ts";
export { CacheError, type CacheErrorCode } from "./errors.ts";
export type { CacheEvent } from "./events.ts";
export type { ListOptions, PatternOptions, PatternResult } from "./invalidation/pattern.ts";
export type { GetOrSetOptions } from "./get-or-set.ts";
export { inspectEntry, type Inspection } from "./inspect-entry.ts";
export { type Key, keyOf, type KeyValue, optionalKey } from "./key.ts";
export type { ReadOptions } from "./engine/read-context.ts";
export type {
  CacheInLoad,
  LoadReads,
  NotedRead,
  ReadScopes,
  Scope,
  Unrecorded,
} from "./recording/load-reads.ts";
export type { RefreshResult } from "./engine/refresh.ts";
export type { VerifyOptions, VerifyTask } from "./engine/verify.ts";
export type { Judgement, Verdict } from "./protocol/verification.ts";
export type { WarmOptions, WarmResult } from "./engine/warm-many.ts";
export {
  type AnyResource,
  type GivenTags,
  type ResourceTags,
  Loaded,
  type LoadContext,
  type Mode,
  type Resource,
  type ResourceOptions,
  type Serializer,
  type ThrottledTag,
} from "./resource.ts";
export { withOwnStamp } from "./own-stamp.ts";
export { subscribe } from "./subscribe.ts";
export { MemoryStore, type MemoryStoreOptions } from "./stores/memory.ts";
export { defineTags, parseTag, type Tag, throttled } from "./tag.ts";
export {
  type CachedFunction,
  cacheMethod,
  cacheQuery,
  type MethodOptions,
  type QueryOptions,
} from "./memoize.ts";

export { type Duration, toMs } from "./duration.ts";
export { CacheError, type CacheErrorCode } from "./errors.ts";
export { encodeSegment, keyOf, keyOfJson, orAbsent } from "./key.ts";
export {
  type AnyResource,
  defineResource,
  Loaded,
  type LoadContext,
  type Resource,
  type ResourceOptions,
  type StandardSchema,
  tolerant,
  type TolerantTag,
} from "./resource.ts";
export type { Store } from "./store.ts";
export { defineTags, parseTag, type Tag } from "./tag.ts";

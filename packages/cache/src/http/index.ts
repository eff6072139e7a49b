export { cacheFetch, type CacheFetchOptions, principalOf } from "./cache-fetch.ts";
export type { HttpReading } from "./cache-status.ts";
export type { CachedHandlerOptions } from "./cached-handler.ts";
export { cdnNames, type CdnTagHeader } from "./cdn-tags.ts";
export { toResponse } from "./fetch-response.ts";
export { parseHttpDate } from "./http-date.ts";
export type { ErrorBody, ErrorStatus, ResponseOptions } from "./create-reply.ts";

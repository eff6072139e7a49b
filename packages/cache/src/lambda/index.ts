export { cacheResponse, type CacheResponseOptions } from "./cache-response.ts";
export { compressed } from "./json-body.ts";
export type { HttpApiEvent, LambdaEvent, ProxyEvent } from "./lambda-event.ts";
export { toResponse } from "./lambda-response.ts";
export type { LambdaResult } from "./lambda-result.ts";

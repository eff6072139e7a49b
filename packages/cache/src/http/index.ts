export { cacheResponse, type CacheResponseOptions } from "./cache-response.ts";
export type { HttpReading } from "./cache-status.ts";
export type { HttpEvent } from "./covered.ts";
export type { HttpRequest, HttpResult } from "./event.ts";
export { parseHttpDate } from "./http-date.ts";
export { compressed } from "./json-body.ts";
export { type ErrorBody, type ErrorStatus, type ResponseOptions, toResponse } from "./response.ts";

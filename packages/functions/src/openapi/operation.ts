import type { z } from "zod";
import type { EndpointShape } from "../endpoint/endpoint.ts";
import type { ErrorStatus } from "../endpoint/http-error.ts";
import type { Shape } from "../endpoint/input.ts";
import type { HeaderUse } from "./documented-headers.ts";

/** Groups of the document, in its order. */
export const groups = {
  Problems: "Problems, drafts and their test cases.",
  History: "Executions of programs, and hints to them.",
  Account: "The caller's own statistics.",
  Health: "Whether the API, its cache and its database answer.",
  Operations: "The cache and its numbers, for admins and viewers.",
  Documents: "This document, as JSON and as a page.",
} as const;

/** Kind of an answer, which determines its headers and errors. */
export type Making =
  /** From the cache: ETag, Age, Cache-Status, 304. */
  | "cached"
  /** For this request only. */
  | "computed"
  /** By a write. */
  | "written"
  /** Public bytes made by the function itself; no token is read. */
  | "fixed";

/** Everything that the document says about a route and that the routes table does not. */
export interface Operation {
  summary: string;
  /** Its name in the document. Default: the name of its function, which only one route of a function may use. */
  id?: string;
  group: keyof typeof groups;
  making: Making;
  /** Schema of the input: the object that the handler checks with. */
  shape: Shape<unknown, unknown, unknown> & EndpointShape;
  /** Bodies by status. */
  answers: Partial<Record<200 | 201 | 202 | 503, z.ZodType>>;
  /** Media type of a success; default: JSON. */
  media?: "text/html";
  /** Headers of a success in addition to those of its kind; `?` marks one that may be absent. */
  headers?: readonly HeaderUse[];
  /** Errors in addition to those of its input, access and kind. */
  errors?: readonly Exclude<ErrorStatus, 405>[];
}

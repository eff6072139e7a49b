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
  Operations: "The cache, for admins.",
  Documents: "This document, as JSON and as a page.",
} as const;

/** Kind of an answer, which decides its headers and errors. */
export type Making =
  /** From the cache: ETag, Age, Cache-Status, 304. */
  | "cached"
  /** For this request alone. */
  | "computed"
  /** By a change. */
  | "written"
  /** Public bytes from the function itself; no token is read. */
  | "fixed";

/** All that the document says of a route beside what the routes table says. */
export interface Operation {
  summary: string;
  /** Its name, where its function answers other routes as well: else that of the function. */
  id?: string;
  group: keyof typeof groups;
  making: Making;
  /** Schema of the input: the object that the handler checks with. */
  shape: Shape<unknown, unknown, unknown> & EndpointShape;
  /** Bodies by status. */
  answers: Partial<Record<200 | 201 | 202 | 503, z.ZodType>>;
  /** Media type of a success: JSON unless said. */
  media?: "text/html";
  /** Headers of a success beside those of its making; `?` for one that may be absent. */
  headers?: readonly HeaderUse[];
  /** Errors beside those that its input, its access and its making have. */
  errors?: readonly Exclude<ErrorStatus, 405>[];
}

import { IdParameter } from "@algoitny/core/parameter";
import * as z from "zod/mini";

/** `/{id}/` */
export const ById = z.object({ id: IdParameter });

/**
 * A text without characters whose meaning in a path depends on how often and when it is decoded. API Gateway decodes
 * `%2F` before it routes, and reports differ on a second decoding of parameters: one request must not name two
 * problems.
 */
const UNAMBIGUOUS = /^[^/%?#\\]+$/;

const segment = (limit: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(limit),
    z.regex(UNAMBIGUOUS, {
      error: "has one of the characters / % ? # \\ in it: use the problem's numeric id",
    }),
  );

/**
 * `/{platform}/{problem_id}/`; limited to the length of a real problem's, so that made-up ones make no endlessly long
 * keys.
 */
export const ByKey = z.object({ platform: segment(50), problem_id: segment(100) });

/** `/{id}/testcases/{tc}/` */
export const ByTestCase = z.object({ id: IdParameter, tc: IdParameter });

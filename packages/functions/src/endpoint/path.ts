import { IdParameter } from "@algoitny/core/parameter";
import * as z from "zod";

/** `/{id}/` */
export const ById = z.object({ id: IdParameter });

/** `/{platform}/{problem_id}/`; no longer than a problem's own may be, so that made-up ones make no endless keys. */
export const ByKey = z.object({
  platform: z.string().min(1).max(50),
  problem_id: z.string().min(1).max(100),
});

/** `/{id}/testcases/{tc}/` */
export const ByTestCase = z.object({ id: IdParameter, tc: IdParameter });

import * as z from "zod";
import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../runtime.ts";

const Query = z.object({
  pattern: z.string().max(200, "write at most 200 characters").default("*"),
  cursor: z
    .string()
    .regex(/^\d{1,20}$/, "give the cursor of the answer before")
    .default("0"),
});

/** One step of a walk over the keys: start without a cursor, go on with the one in the answer until it is `"0"`. */
export const handler = endpoint(
  "GET /api/ops/cache/keys/",
  { query: Query },
  async ({ query }, { cache }) => ok(await cache.keys(query.pattern, query.cursor)),
);

import * as z from "zod";
import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";

const NO_CURSOR = "give the cursor of the answer before";

/** Redis' cursors have 64 bits; it refuses a larger number. */
const LAST_CURSOR = 2n ** 64n - 1n;

const Query = z.object({
  pattern: z.string().max(200, "write at most 200 characters").default("*"),
  cursor: z
    .string()
    .regex(/^(0|[1-9]\d{0,19})$/, { error: NO_CURSOR, abort: true })
    .refine((text) => BigInt(text) <= LAST_CURSOR, NO_CURSOR)
    .default("0"),
});

/** One step of a walk over the keys: start without a cursor, go on with the one in the answer until it is `"0"`. */
export const handler = endpoint(
  "GET /api/ops/cache/keys/",
  { query: Query },
  async ({ query }, { cache }) => ok(await cache.keys(query.pattern, { cursor: query.cursor })),
);

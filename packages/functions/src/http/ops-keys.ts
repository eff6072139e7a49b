import { ok } from "../endpoint/answer.ts";
import { listKeys } from "../contract/operation-shapes.ts";
import { endpoint } from "../http-runtime.ts";

/** One step of a walk over the keys: start without a cursor, go on with the one in the answer until it is `"0"`. */
export const handler = endpoint(
  "GET /api/ops/cache/keys/",
  listKeys,
  async ({ query }, { cache }) => ok(await cache.keys(query.pattern, { cursor: query.cursor })),
);

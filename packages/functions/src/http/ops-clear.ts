import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint("POST /api/ops/cache/clear/", {}, async (_, { cache }) => {
  await cache.clear();
  return ok({ message: "all entries are invalidated" });
});

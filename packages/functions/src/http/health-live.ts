import { healthAnswer } from "../endpoint/answer.ts";
import { endpoint } from "../runtime.ts";

/** That it answers is the answer: a restart heals no store and no database. */
export const handler = endpoint("GET /api/health/live/", {}, async () =>
  healthAnswer({ status: "ok", checks: { redis: "not checked", dynamodb: "not checked" } }),
);

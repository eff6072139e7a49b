import { staticEndpoint } from "../endpoint/static-endpoint.ts";

const ALIVE = { status: "ok", checks: { redis: "not checked", dynamodb: "not checked" } } as const;

/** The answer itself says that the function is alive: a restart repairs neither Redis nor the database. */
export const handler = staticEndpoint("GET /api/health/live/", async () => ({
  contentType: "application/json",
  text: JSON.stringify(ALIVE),
}));

import { healthAnswer } from "../endpoint/answer.ts";
import { checkHealth } from "../check-health.ts";
import { endpoint } from "../http-runtime.ts";
import { log, store } from "../runtime.ts";

export const handler = endpoint("GET /api/health/ready/", {}, async (_, { source }) =>
  healthAnswer(await checkHealth({ store, source, log })),
);

import { startExperiment, stopExperiment } from "../contract/operation-shapes.ts";
import { ok } from "../endpoint/answer.ts";
import type { HttpEvent } from "../endpoint/http-event.ts";
import * as requests from "../experiments/experiment-requests.ts";
import { endpoint } from "../http-runtime.ts";
import { log } from "../runtime.ts";

const list = endpoint("GET /api/ops/experiments/", {}, async (_, { tables }) =>
  ok({ experiments: await requests.listExperiments((await tables()).experiments) }),
);

const start = endpoint(
  "POST /api/ops/experiments/",
  startExperiment,
  async ({ body: { dry_run: dryRun, ...request } }, { tables, caller }) => {
    const experiment = requests.plannedNow(request);
    const { experiments } = await tables();
    if (!dryRun) await requests.startNow(experiment, { experiments, by: caller.sub, log });
    return ok({ dry_run: dryRun, experiment });
  },
);

const stop = endpoint(
  "POST /api/ops/experiments/{view}/stop/",
  stopExperiment,
  async ({ path: { view } }, { tables, caller }) => {
    const { experiments } = await tables();
    return ok(await requests.stopNow(view, { experiments, by: caller.sub, log }));
  },
);

/** One function for the three routes: each function is seven resources of a deployment. */
export const handler: typeof list = (event: HttpEvent, context) => {
  if (event.requestContext.http.method !== "POST") return list(event, context);
  return (event.pathParameters?.["view"] === undefined ? start : stop)(event, context);
};

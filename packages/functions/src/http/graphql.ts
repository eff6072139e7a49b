import type { HttpEvent } from "../endpoint/http-event.ts";
import { answerGraphQL, createResponses } from "../graphql/graphql-endpoint.ts";
import { countOperations } from "../graphql/operation-counts.ts";
import { operationCounts } from "../graphql/operations-runtime.ts";
import { endpoint } from "../http-runtime.ts";
import { cache, log } from "../runtime.ts";

/** Only the local cloud allows introspection. */
const introspection = process.env["GRAPHQL_INTROSPECTION"] === "true";
const services = {
  graphql: createResponses(cache, log, { introspection }),
  count: countOperations({ counts: operationCounts, log }),
};

const shape = { audience: "viewer", decidesPreconditions: true, hidesCost: true } as const;
const get = endpoint("GET /api/graphql/", shape, async (_, call, event) =>
  answerGraphQL(services, event, call),
);
const post = endpoint("POST /api/graphql/", shape, async (_, call, event) =>
  answerGraphQL(services, event, call),
);

export const handler: typeof get = (event: HttpEvent, context) =>
  (event.requestContext.http.method === "POST" ? post : get)(event, context);

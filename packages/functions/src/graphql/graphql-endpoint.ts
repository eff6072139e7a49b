import { createHash } from "node:crypto";
import {
  type Answer as GraphQLAnswer,
  createGraphQLCache,
  type GraphQLCache,
  type GraphQLCacheOptions,
  hasMissing,
  mediaTypeOf,
  readParams,
} from "@algoitny/cache/graphql";
import type { Log } from "../telemetry/log.ts";
import { note } from "../telemetry/scope.ts";
import { nameOf } from "./operation-counts.ts";
import { type Answer, cached } from "../endpoint/answer.ts";
import { HttpError } from "../endpoint/http-error.ts";
import type { HttpEvent } from "../endpoint/http-event.ts";
import { textOf } from "../endpoint/input.ts";
import { once } from "../once.ts";
import { contextOf, type GraphQLContext, PERSONAL } from "./graphql-context.ts";
import { TYPE_DEFS } from "./type-defs.ts";

/** Longest document: 10 KB of UTF-8, more than any client needs. */
const DOCUMENT_LIMIT_BYTES = 10_240;

/** The responses' cache; the first miss loads the schema and graphql-js, the first error its formatter. */
export function createResponses(
  cache: GraphQLCacheOptions<GraphQLContext>["cache"],
  log: Pick<Log, "error">,
  { introspection }: { introspection: boolean },
): GraphQLCache<GraphQLContext> {
  return createGraphQLCache({
    cache,
    schema: once(async () => (await import("./executable-schema.ts")).makeSchema()),
    version: createHash("sha256").update(TYPE_DEFS).digest("base64url").slice(0, 12),
    variant: ({ admin }) => (admin ? "admin" : "all"),
    viewer: ({ sub }) => sub ?? null,
    personal: PERSONAL,
    read: ({ source, call }) => ({ source, remainingMs: call.remainingMs }),
    rules: async () =>
      introspection ? [] : [(await import("graphql")).NoSchemaIntrospectionCustomRule],
    refuse: async (operation) => (await import("./operation-limits.ts")).refuse(operation),
    formatError: async (error) => (await import("./error-format.ts")).createFormat(log)(error),
  });
}

interface GraphQLServices {
  readonly graphql: Pick<GraphQLCache<GraphQLContext>, "answer">;
  /** Counts an operation by its outcome. */
  readonly count: (answer: GraphQLAnswer) => Promise<void>;
}

/** Answers a request by GraphQL over HTTP, September 2026. */
export async function answerGraphQL(
  { graphql, count }: GraphQLServices,
  event: HttpEvent,
  call: GraphQLContext["call"],
): Promise<Answer> {
  const { headers, rawQueryString: search, requestContext } = event;
  const type = mediaTypeOf(headers["accept"]);
  if (type === undefined)
    throw new HttpError(406, "accept application/graphql-response+json or application/json");
  const params = await readParams({
    method: requestContext.http.method,
    search,
    contentType: headers["content-type"],
    body: () => textOf(event),
  });
  const vary = "Accept, Accept-Encoding, Origin, Authorization";
  const json = (status: number, value: unknown, more: Record<string, string> = {}): Answer => ({
    kind: "json",
    status: status === 294 && type === "application/json" ? 200 : status,
    value,
    headers: {
      "content-type": `${status < 300 ? type : "application/graphql-response+json"}; charset=utf-8`,
      "cache-control": "no-store",
      vary,
      ...more,
    },
  });
  const refused = (status: number, message: string) =>
    json(status, { errors: [{ message, extensions: { code: "BAD_REQUEST" } }] });
  if ("message" in params) return refused(params.status, params.message);
  const { isSafe, ...given } = params;
  if (Buffer.byteLength(given.query ?? "") > DOCUMENT_LIMIT_BYTES)
    return refused(422, `the document is over ${DOCUMENT_LIMIT_BYTES} bytes`);
  const answer = await graphql.answer(given, contextOf(call), { isSafe });
  noteOperation(answer);
  await count(answer);
  if ("reading" in answer) {
    const { reading } = answer;
    const isMasked = hasMissing(reading) && !call.caller?.admin;
    if (!isMasked) await call.show(reading);
    return cached(isMasked ? { ...reading, ...MASK } : reading, "", {
      "content-type": `${type}; charset=utf-8`,
      vary,
    });
  }
  const { status, result, reason } = answer;
  return json(status, result, {
    ...(status === 405 && { allow: "POST" }),
    "cache-status": `algoitny; fwd=${reason === "mutation" ? "method" : "miss"}; detail=${reason}`,
  });
}

/** Cache status for a hidden item, the same as for a missing one: a recomputed answer would reveal that something changed. */
const MASK = { status: "miss", detail: undefined, stored: false, collapsed: false } as const;

/** The operation's name for the invocation's line of metrics; never its variables. */
function noteOperation(answer: GraphQLAnswer): void {
  const name = nameOf(answer);
  if (name !== undefined) note("operation", name);
}

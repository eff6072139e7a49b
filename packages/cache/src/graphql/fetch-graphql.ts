import { forwardStatus } from "../http/cache-status.ts";
import type { ResponseOptions } from "../http/create-reply.ts";
import { toResponse } from "../http/fetch-response.ts";
import type { Answer } from "./create-answer.ts";
import type { GraphQLCache } from "./graphql-cache.ts";
import { mediaTypeOf, readParams } from "./request-params.ts";

/** Options of `fetchGraphQL`: the name of the cache in Cache-Status, the headers that list tags for a CDN, and the time. */
export type GraphQLFetchOptions = Pick<ResponseOptions, "cacheName" | "cdnTags" | "now">;

const VARY = ["Accept", "Authorization", "Cookie"];

/**
 * Answers a Request by GraphQL over HTTP, September 2026, with GET, HEAD or POST. A stored response has an ETag, and is
 * sent in the client's preferred coding, unchanged if that is the stored one; a GET or HEAD whose ETag is current gets
 * 304. The status of data with errors is 294, or 200 if the client prefers `application/json`.
 *
 * @example
 * const schema = createSchema("type Query { time: String @cacheControl(maxAge: 1) }", { Query: { time: () => Date() } });
 * const graphql = createGraphQLCache({ cache, schema: () => schema, version: "1" });
 * export const handler = (request: Request) => fetchGraphQL(graphql, request, {});
 */
export async function fetchGraphQL<Context extends object>(
  graphql: Pick<GraphQLCache<Context>, "answer">,
  request: Request,
  context: Context,
  options: GraphQLFetchOptions = {},
): Promise<Response> {
  const { method, headers, url } = request;
  const params = await readParams({
    method,
    search: new URL(url).search,
    contentType: headers.get("content-type") ?? undefined,
    body: () => request.text(),
  });
  const type = mediaTypeOf(headers.get("accept") ?? undefined);
  if ("message" in params || type === undefined) {
    const { status, message } = "message" in params ? params : NOT_ACCEPTABLE;
    const allow = status === 405 ? { allow: "GET, POST" } : {};
    return json(status, { errors: [{ message }] }, { ...allow, "cache-control": "no-store" });
  }
  const { isSafe, ...given } = params;
  const answer = await graphql.answer(given, context, { isSafe });
  if ("reading" in answer) {
    const cacheControl = answer.isPrivate ? "private, no-cache" : "no-cache";
    const response = await toResponse(request, answer.reading, {
      ...options,
      cacheControl,
      vary: VARY,
    });
    if (response.status === 200) response.headers.set("content-type", `${type}; charset=utf-8`);
    return response;
  }
  return ofResult(answer, type, { isHead: method === "HEAD", ...options });
}

const NOT_ACCEPTABLE = {
  status: 406,
  message: "accept application/graphql-response+json or application/json",
};

function ofResult(
  { status, result, reason }: Extract<Answer, { status: number }>,
  type: string,
  { isHead, cacheName = "cache" }: GraphQLFetchOptions & { isHead: boolean },
): Response {
  const isLegacy = type === "application/json";
  return json(
    status === 294 && isLegacy ? 200 : status,
    isHead ? undefined : result,
    {
      ...(status === 405 && { allow: "POST" }),
      "cache-control": "no-store",
      "cache-status": forwardStatus(cacheName, reason === "mutation" ? "method" : "miss", reason),
      vary: VARY.join(", "),
    },
    isLegacy && status < 300 ? type : undefined,
  );
}

function json(
  status: number,
  body: unknown,
  headers: Record<string, string>,
  type = "application/graphql-response+json",
): Response {
  const text = body === undefined ? null : JSON.stringify(body);
  const typed = { ...headers, "content-type": `${type}; charset=utf-8` };
  return new Response(text, { status, headers: typed });
}

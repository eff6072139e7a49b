import type { GraphQLParams } from "./create-answer.ts";
import type { Variables } from "./plan.ts";

/** Parts of an HTTP request that GraphQL over HTTP uses. */
export interface GraphQLRequest {
  readonly method: string;
  /** The query of the URL, with or without "?". */
  readonly search: string;
  readonly contentType: string | undefined;
  readonly body: () => string | Promise<string>;
}

/** A request that is not a GraphQL request, with the status of its answer. */
export interface BadRequest {
  readonly status: 400 | 405 | 415 | 422;
  readonly message: string;
}

/** Reads a request by GraphQL over HTTP, September 2026, whose document may be named by `documentId` or Apollo's extension. */
export async function readParams(
  request: GraphQLRequest,
): Promise<(GraphQLParams & { readonly isSafe: boolean }) | BadRequest> {
  const { method, search, contentType, body } = request;
  if (method === "GET" || method === "HEAD") return ofQuery(new URLSearchParams(search));
  if (method !== "POST") return { status: 405, message: "send GET or POST" };
  if (!/^application\/json\s*(;|$)/i.test(contentType?.trim() ?? ""))
    return { status: 415, message: "send `Content-Type: application/json`" };
  const parsed = jsonOf(await body(), "the body");
  return "message" in parsed ? parsed : paramsOf(parsed.value, false);
}

function ofQuery(query: URLSearchParams) {
  const given: Record<string, unknown> = {};
  for (const name of ["query", "operationName", "documentId"])
    if (query.has(name)) given[name] = query.get(name);
  for (const name of ["variables", "extensions"]) {
    const text = query.get(name);
    if (text === null || text === "") continue;
    const parsed = jsonOf(text, `\`${name}\``);
    if ("message" in parsed) return parsed;
    given[name] = parsed.value;
  }
  return paramsOf(given, true);
}

function jsonOf(text: string, what: string): { value: unknown } | BadRequest {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { status: 400, message: `${what} is not valid JSON` };
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function paramsOf(given: unknown, isSafe: boolean) {
  const wrong = (message: string): BadRequest => ({ status: 422, message });
  if (!isObject(given)) return wrong("send one object: batches are not supported");
  const { query, operationName, variables, extensions, documentId } = given;
  for (const [name, value] of Object.entries({ query, operationName, documentId }))
    if (value != null && typeof value !== "string") return wrong(`\`${name}\` must be a text`);
  for (const [name, value] of Object.entries({ variables, extensions }))
    if (value != null && !isObject(value)) return wrong(`\`${name}\` must be an object`);
  const persisted = isObject(extensions) ? extensions["persistedQuery"] : undefined;
  const hash = isObject(persisted) ? persisted["sha256Hash"] : undefined;
  const id = /^sha256:(.*)$/s.exec(typeof documentId === "string" ? documentId : "")?.[1];
  if (documentId != null && id === undefined) return wrong("`documentId` must be sha256:<hex>");
  return {
    isSafe,
    query: (query ?? undefined) as string | undefined,
    operationName: (operationName ?? null) as string | null,
    variables: (variables ?? null) as Variables | null,
    documentId: id ?? (typeof hash === "string" ? hash : undefined),
    isApollo: id === undefined,
  };
}

export type MediaType = "application/graphql-response+json" | "application/json";

/** Media type of the answer by `Accept`; undefined: the client accepts neither (406). */
export function mediaTypeOf(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept.trim() === "") return "application/graphql-response+json";
  const ranges = accept
    .toLowerCase()
    .split(",")
    .map((range) => {
      const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
      const weight = parameters.find((each) => each.startsWith("q="))?.slice(2);
      return { type, weight: weight === undefined ? 1 : Number(weight) || 0 };
    });
  const weightOf = (type: string) =>
    [type, "application/*", "*/*"]
      .map((range) => ranges.find((each) => each.type === range)?.weight)
      .find((weight) => weight !== undefined) ?? 0;
  const ours = weightOf("application/graphql-response+json");
  const json = weightOf("application/json");
  if (ours > 0 && ours >= json) return "application/graphql-response+json";
  return json > 0 ? "application/json" : undefined;
}

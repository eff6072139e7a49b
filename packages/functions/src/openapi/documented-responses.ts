import type { z } from "zod";
import { type Route, type RouteKey, routes } from "../deployment/routes.ts";
import { type ErrorStatus, TITLES } from "../endpoint/http-error.ts";
import { GatewayError, Problem } from "./function-answers.ts";
import { describeHeaders, type HeaderUse, type ResponseHeader } from "./documented-headers.ts";
import type { JsonSchema, SchemaConverter } from "./json-schema.ts";
import type { Making, Operation } from "./operation.ts";

/** Only the gateway sends a 431: a request's head may have 10,240 bytes. */
type DocumentedError = Exclude<ErrorStatus, 405> | 431;

// A 405 answers requests that no operation describes.
const { 405: _, ...OWN_TITLES } = TITLES;
const ERROR_TITLES: Readonly<Record<DocumentedError, string>> = {
  ...OWN_TITLES,
  431: "Request Header Fields Too Large",
};

/** Errors that the gateway sends too: from its authorizer, its limits and its integrations. */
const FROM_GATEWAY: readonly DocumentedError[] = [401, 413, 429, 431, 500, 503];

const ERROR_HEADERS: Partial<Record<DocumentedError, ResponseHeader>> = {
  401: "WWW-Authenticate",
  429: "Retry-After",
  503: "Retry-After",
};

/** Headers of every answer of a function. */
const ALWAYS = ["Cache-Control", "Vary", "X-Content-Type-Options"] as const;

const MADE_BY: Readonly<Record<Making, readonly HeaderUse[]>> = {
  cached: [...ALWAYS, "Server-Timing", "ETag", "Cache-Status", "Age?"],
  computed: [...ALWAYS, "Server-Timing"],
  written: [...ALWAYS, "Server-Timing", "Cache-Groups?"],
  fixed: [...ALWAYS, "Server-Timing", "ETag"],
};

/** The error responses by name. Every 401 has `WWW-Authenticate`; the gateway's own errors have no other of these headers. */
export function errorComponents({ convert }: SchemaConverter) {
  const problem = convert(Problem, "output");
  const fromGateway = convert(GatewayError, "output");
  const responses = Object.entries(ERROR_TITLES).map(([status, title]) => {
    const code = Number(status) as DocumentedError;
    const header = ERROR_HEADERS[code];
    const isShared = FROM_GATEWAY.includes(code);
    const bodies = code === 431 ? [fromGateway] : isShared ? [problem, fromGateway] : [problem];
    return [
      title.replaceAll(" ", ""),
      {
        description: title,
        ...(header && { headers: describeHeaders([code === 401 ? header : `${header}?`]) }),
        content: {
          "application/json": { schema: bodies.length === 1 ? bodies[0] : { anyOf: bodies } },
          ...(code !== 431 && { "application/problem+json": { schema: problem } }),
        },
      },
    ];
  });
  return Object.fromEntries(responses);
}

/** Every answer of a route by its status. */
export function responsesOf(
  route: RouteKey,
  operation: Operation,
  { convert }: SchemaConverter,
): Record<string, unknown> {
  const { making, answers, media = "application/json", headers = [] } = operation;
  const errors = errorsOf(route, operation).map((status) => [status, referenceTo(status)] as const);
  const successes = Object.entries<z.ZodType>(answers).map(([status, schema]) => {
    const body = convert(schema, "output");
    const uses = [...MADE_BY[making], ...headers];
    return [status, successOf(Number(status), { body, media }, uses)] as const;
  });
  const hasEtag = making === "cached" || making === "fixed";
  const unchanged = {
    description: "Not Modified: the client's copy is still current.",
    headers: describeHeaders(["ETag", "Cache-Control", "Vary"]),
  };
  return Object.fromEntries<unknown>([
    ...errors,
    ...(hasEtag ? [["304", unchanged] as const] : []),
    ...successes,
  ]);
}

function successOf(
  status: number,
  { body, media }: { body: JsonSchema; media: string },
  headers: readonly HeaderUse[],
) {
  // A health check answers 503 too: with its own body, where other operations have the error response.
  if (status !== 503) {
    const descriptions: Record<number, string> = { 201: "Created", 202: "Accepted" };
    return {
      description: descriptions[status] ?? "OK",
      headers: describeHeaders(headers),
      content: { [media]: { schema: body } },
    };
  }
  const problem = { $ref: "#/components/schemas/Problem" };
  const gateway = { $ref: "#/components/schemas/GatewayError" };
  return {
    description: "Service Unavailable: a dependency does not answer.",
    headers: describeHeaders(["Retry-After?"]),
    content: {
      "application/json": { schema: { anyOf: [body, problem, gateway] } },
      "application/problem+json": { schema: problem },
    },
  };
}

function errorsOf(route: RouteKey, { making, shape, errors = [] }: Operation): DocumentedError[] {
  const { auth }: Route = routes[route];
  const hasInput = Boolean(shape.path ?? shape.query ?? shape.body);
  const all: (DocumentedError | false)[] = [
    hasInput && 400,
    making !== "fixed" && 401,
    (auth === "admin" || auth === "viewer") && 403,
    shape.path !== undefined && 404,
    making === "cached" && 406,
    making !== "fixed" && 412,
    making !== "fixed" && 413,
    429,
    431,
    500,
    503,
    ...errors,
  ];
  return all.filter((status) => status !== false);
}

const referenceTo = (status: DocumentedError) => ({
  $ref: `#/components/responses/${ERROR_TITLES[status].replaceAll(" ", "")}`,
});

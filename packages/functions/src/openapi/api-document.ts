import { type Route, type RouteKey, routes } from "../deployment/routes.ts";
import { headerParameters, type RequestHeader } from "./documented-headers.ts";
import { createConverter, type JsonSchema, type SchemaConverter } from "./json-schema.ts";
import { operations } from "./documented-operations.ts";
import { groups, type Operation } from "./operation.ts";
import { errorComponents, responsesOf } from "./documented-responses.ts";

const BASE = "/api";

const ABOUT = `Problems, test cases, executions and statistics of an online judge.

- Every path answers with and without its trailing slash, and every GET answers HEAD too.
- Another method of a path is a 405 that lists in \`Allow\` what the path takes.
- Errors are problem documents (RFC 9457), as \`application/problem+json\` where \`Accept\` asks for it, else as \`application/json\`; \`error\` repeats their text. Those of the gateway itself, such as a 401, have only a \`message\`.
- Every GET outside \`/ops/\` and the health checks has a strong \`ETag\`; send it as \`If-None-Match\` and get 304 while nothing has changed, or as \`If-Match\` with a write.
- After a write has answered, every read shows it; only a hot page of \`/history/\` may lack other users' executions of the last second.`;

/** The API as an OpenAPI 3.1 document, made from the routes table, the handlers' schemas and the table of operations. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
  [name: string]: unknown;
}

/** Makes the document; takes 50 to 100 ms of CPU, once per process. */
export function buildDocument(): OpenApiDocument {
  const converter = createConverter();
  const responses = errorComponents(converter);
  const paths: OpenApiDocument["paths"] = {};
  for (const [route, operation] of Object.entries(operations) as [RouteKey, Operation][]) {
    const [method = "", path = ""] = route.split(" ");
    const item = (paths[pathInDocument(path)] ??= {});
    item[method.toLowerCase()] = describeOperation(route, operation, converter);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "AlgoItny API",
      version: "1.0.0",
      summary: "An online judge, read from a cache that is never stale after an invalidation.",
      description: ABOUT,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: BASE, description: "The deployment that served this document." }],
    tags: Object.entries(groups).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: converter.components(),
      responses,
      parameters: headerParameters(),
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "A JWT of the configured OpenID Connect issuer.",
        },
      },
    },
  };
}

/** A file name has no trailing slash. */
function pathInDocument(path: string): string {
  const own = path.slice(BASE.length);
  return /\.\w+\/$/.test(own) ? own.slice(0, -1) : own;
}

const CALLERS = {
  none: "Anyone, with a token or without.",
  user: "With a token.",
  viewer: "With an admin's or a viewer's token.",
  admin: "With an admin's token.",
} as const satisfies Record<Route["auth"], string>;

function describeOperation(route: RouteKey, operation: Operation, converter: SchemaConverter) {
  const { summary, id, group, making, shape } = operation;
  const { file, auth }: Route = routes[route];
  const token = { token: [] };
  return {
    operationId: id ?? file.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary,
    description: making === "fixed" ? "Anyone; no token is read." : CALLERS[auth],
    tags: [group],
    security: making === "fixed" ? [] : auth === "none" ? [{}, token] : [token],
    parameters: [
      ...parametersOf(shape.path, "path", converter),
      ...parametersOf(shape.query, "query", converter),
      ...headersOf(operation, auth).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...(shape.body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: converter.convert(shape.body, "input") } },
      },
    }),
    responses: responsesOf(route, operation, converter),
  };
}

function parametersOf(
  schema: Operation["shape"]["path"],
  place: "path" | "query",
  { convert }: SchemaConverter,
) {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = convert(schema, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...own }]) => ({
    name,
    in: place,
    ...(required.includes(name) && { required: true }),
    // An empty query parameter counts as absent.
    ...(place === "query" && !required.includes(name) && { allowEmptyValue: true }),
    ...(description !== undefined && { description }),
    schema: own,
  }));
}

function headersOf({ making }: Operation, auth: Route["auth"]): RequestHeader[] {
  if (making === "fixed") return [];
  const conditional = ["If-Match", "If-None-Match", "If-Unmodified-Since"] as const;
  return making === "written" && auth === "admin"
    ? [...conditional, "Cache-Debug"]
    : [...conditional];
}

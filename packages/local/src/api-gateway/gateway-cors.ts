/** The `Cors` configuration of an HTTP API. Origins are listed, because `*` is not allowed with credentials. */
export interface CorsConfig {
  origins: readonly string[];
  methods: readonly string[];
  headers: readonly string[];
  exposedHeaders: readonly string[];
  maxAgeSeconds: number;
}

const HEADER_PREFIX = "access-control-";

function originHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
  };
}

/** Parts of a request that determine the CORS headers of its answer. */
export interface CorsRequest {
  method: string;
  origin: string | undefined;
  /** `Access-Control-Request-Method`: an OPTIONS with it is a preflight. */
  requestedMethod: string | undefined;
}

/**
 * The gateway's own headers, for a listed origin only. A preflight gets all of them, another OPTIONS request gets none,
 * and a request with any other method gets those that are not about preflights. Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
function corsHeaders(config: CorsConfig, request: CorsRequest): Record<string, string> {
  const { method, origin, requestedMethod } = request;
  if (origin === undefined || !config.origins.includes(origin)) return {};
  const exposed = { "access-control-expose-headers": config.exposedHeaders.join(",") };
  if (method !== "OPTIONS") return { ...originHeaders(origin), ...exposed };
  if (requestedMethod === undefined) return {};
  return {
    ...originHeaders(origin),
    "access-control-allow-methods": config.methods.join(","),
    "access-control-allow-headers": config.headers.join(","),
    ...exposed,
    "access-control-max-age": String(config.maxAgeSeconds),
  };
}

function withOrigin(vary: string | undefined): string {
  const names = vary?.split(",").map((name) => name.trim()) ?? [];
  const named = names.some((name) => name === "*" || name.toLowerCase() === "origin");
  return (named ? names : [...names, "Origin"]).join(", ");
}

/** Replaces the CORS headers of a function's answer with the gateway's, and adds `Origin` to its `Vary`. */
export function withCors(
  config: CorsConfig,
  request: CorsRequest,
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith(HEADER_PREFIX));
  return {
    ...Object.fromEntries(own),
    ...corsHeaders(config, request),
    vary: withOrigin(headers["vary"]),
  };
}

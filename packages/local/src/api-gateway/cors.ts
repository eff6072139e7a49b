/** The `Cors` of an HTTP API. Origins are written out: with credentials `*` is not allowed. */
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

/**
 * Headers of the answer to an `OPTIONS`, which is a 204 for every path, without an authorizer.
 * They are empty, as on AWS, for an origin that is not configured and for a request that is no preflight.
 */
export function preflightHeaders(
  config: CorsConfig,
  origin: string | undefined,
  requestedMethod: string | undefined,
): Record<string, string> {
  if (origin === undefined || !config.origins.includes(origin)) return { vary: "Origin" };
  if (requestedMethod === undefined) return { vary: "Origin" };
  return {
    ...originHeaders(origin),
    "access-control-allow-methods": config.methods.join(","),
    "access-control-allow-headers": config.headers.join(","),
    "access-control-expose-headers": config.exposedHeaders.join(","),
    "access-control-max-age": String(config.maxAgeSeconds),
    vary: "Origin",
  };
}

function withOrigin(vary: string | undefined): string {
  const names = vary?.split(",").map((name) => name.trim()) ?? [];
  const named = names.some((name) => name === "*" || name.toLowerCase() === "origin");
  return (named ? names : [...names, "Origin"]).join(", ");
}

/** An answer's headers with the gateway's CORS headers in place of whatever CORS headers the function sent. */
export function withCors(
  config: CorsConfig,
  origin: string | undefined,
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith(HEADER_PREFIX));
  const cors =
    origin !== undefined && config.origins.includes(origin)
      ? {
          ...originHeaders(origin),
          "access-control-expose-headers": config.exposedHeaders.join(","),
        }
      : {};
  return { ...Object.fromEntries(own), ...cors, vary: withOrigin(headers["vary"]) };
}

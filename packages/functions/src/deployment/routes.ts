/** Methods that a route may name. HEAD is never one of them: each GET answers it too. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  /** Handler under `src/http/`, without its file ending. */
  file: string;
  /**
   * `user`, `viewer` and `admin` are behind the gateway's JWT authorizer; the handler checks the role. A viewer sees
   * how the stage runs, keys included, but no stored value; every admin is also a viewer. `none` accepts an optional
   * Bearer token, which the handler verifies unless it answers with a static text.
   */
  auth: "none" | "user" | "viewer" | "admin";
}

/**
 * Every path of the API, in its canonical spelling (with the trailing slash). Any other path is a 404; another method than
 * those of the path, HEAD and OPTIONS is a 405.
 */
export const routes = {
  "GET /api/problems/": { file: "list-problems", auth: "none" },
  "POST /api/problems/": { file: "create-problem", auth: "admin" },
  "GET /api/problems/drafts/": { file: "list-drafts", auth: "admin" },
  "GET /api/problems/registered/": { file: "list-registered", auth: "admin" },
  "GET /api/problems/{id}/": { file: "get-problem", auth: "none" },
  "PATCH /api/problems/{id}/": { file: "update-problem", auth: "admin" },
  "DELETE /api/problems/{id}/": { file: "delete-problem", auth: "admin" },
  "GET /api/problems/{platform}/{problem_id}/": { file: "get-problem-by-key", auth: "none" },
  "DELETE /api/problems/{platform}/{problem_id}/": { file: "delete-problem-by-key", auth: "admin" },
  "GET /api/problems/{id}/testcases/": { file: "list-test-cases", auth: "none" },
  "POST /api/problems/{id}/testcases/": { file: "add-test-cases", auth: "admin" },
  "PUT /api/problems/{id}/testcases/{tc}/": { file: "change-test-case", auth: "admin" },
  "DELETE /api/problems/{id}/testcases/{tc}/": { file: "remove-test-case", auth: "admin" },

  "GET /api/account/stats/": { file: "get-account-stats", auth: "user" },

  "GET /api/history/": { file: "list-history", auth: "none" },
  "POST /api/history/": { file: "record-history", auth: "user" },
  "GET /api/history/{id}/": { file: "get-history", auth: "none" },
  "PATCH /api/history/{id}/": { file: "update-history", auth: "user" },
  "GET /api/history/{id}/hints/": { file: "get-hints", auth: "none" },

  "GET /api/graphql/": { file: "graphql", auth: "none" },
  "POST /api/graphql/": { file: "graphql", auth: "none" },

  "GET /api/health/": { file: "health", auth: "none" },
  "GET /api/health/live/": { file: "health-live", auth: "none" },
  "GET /api/health/ready/": { file: "health-ready", auth: "none" },

  "GET /api/ops/metrics/": { file: "ops-metrics", auth: "viewer" },
  "GET /api/ops/findings/": { file: "ops-findings", auth: "viewer" },
  "GET /api/ops/requests/": { file: "ops-requests", auth: "viewer" },
  "GET /api/ops/advice/": { file: "ops-advice", auth: "viewer" },
  "GET /api/ops/experiments/": { file: "ops-experiments", auth: "viewer" },
  "POST /api/ops/experiments/": { file: "ops-experiments", auth: "admin" },
  "POST /api/ops/experiments/{view}/stop/": { file: "ops-experiments", auth: "admin" },
  "GET /api/ops/cache/stats/": { file: "ops-stats", auth: "viewer" },
  "GET /api/ops/cache/keys/": { file: "ops-keys", auth: "viewer" },
  "GET /api/ops/cache/top/": { file: "ops-top", auth: "viewer" },
  "GET /api/ops/cache/entry/": { file: "ops-entry", auth: "viewer" },
  "POST /api/ops/cache/invalidate/": { file: "ops-invalidate", auth: "admin" },
  "GET /api/ops/cache/invalidations/{id}/": { file: "ops-invalidation", auth: "viewer" },
  "POST /api/ops/cache/warm/": { file: "ops-warm", auth: "admin" },
  "POST /api/ops/cache/clear/": { file: "ops-clear", auth: "admin" },

  "GET /api/openapi.json/": { file: "openapi", auth: "none" },
  "GET /api/docs/": { file: "docs", auth: "none" },
} as const satisfies Record<`${Method} /api/${string}/`, Route>;

export type RouteKey = keyof typeof routes;

/**
 * Paths of the dashboard, apart from the API: its files, and an operator's sign-in. They are public, not part of the
 * OpenAPI document, and count in no metric.
 */
export const pageRoutes = {
  "GET /ops/": { file: "ops-page", auth: "none" },
  "GET /ops/{file}": { file: "ops-page", auth: "none" },
  "GET /ops/config.json": { file: "ops-sign-in", auth: "none" },
  "POST /ops/token": { file: "ops-sign-in", auth: "none" },
} as const satisfies Record<`${Method} /ops/${string}`, Route>;

/** Handler of API Gateway's `$default` route: the contract's 404 and 405, without an authorizer. */
export const DEFAULT_ROUTE = "not-found";

/**
 * Handles preflights of every path except `/`. Without it they would go to `$default`, which accepts OPTIONS although
 * CORS is configured, and would share its low throttle with scanners. Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export const PREFLIGHT_ROUTE = "OPTIONS /{proxy+}";

/**
 * A route key in both spellings of its path, with and without the trailing slash; one if the path has no such slash.
 */
export function spellings(route: string): string[] {
  return [...new Set([route, route.replace(/\/$/, "")])];
}

/** Methods that a path of the API accepts, in either spelling; none for an unknown path. */
export function methodsOf(path: string): string[] {
  const given = path.replace(/\/$/, "").split("/");
  const methods = Object.keys(routes).flatMap((route) => {
    const [method = "", template = ""] = route.split(" ");
    const segments = template.replace(/\/$/, "").split("/");
    const matches =
      segments.length === given.length &&
      segments.every((segment, index) =>
        segment.startsWith("{") ? given[index] !== "" : segment === given[index],
      );
    if (!matches) return [];
    return method === "GET" ? [method, "HEAD"] : [method];
  });
  return [...new Set(methods)];
}

/** One route key to deploy, as `HEAD /api/problems`. */
export interface DeployedRoute extends Route {
  key: string;
}

/**
 * Every route key that a gateway needs in addition to `$default`: both spellings of each path, a HEAD for each GET, and
 * preflights. API Gateway allows at most 300 routes per API.
 */
export function deployedRoutes(
  table: Readonly<Record<string, Route>> = { ...routes, ...pageRoutes },
): DeployedRoute[] {
  const paths = Object.entries(table).flatMap(([route, { file, auth }]) => {
    const methods = route.startsWith("GET ") ? [route, route.replace("GET ", "HEAD ")] : [route];
    return methods.flatMap(spellings).map((key) => ({ key, file, auth }));
  });
  return [...paths, { key: PREFLIGHT_ROUTE, file: DEFAULT_ROUTE, auth: "none" }];
}

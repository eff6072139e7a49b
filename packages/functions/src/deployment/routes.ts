/** Methods that a route may name. HEAD is never written: each GET answers it too. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  /** Handler under `src/http/`, without its ending. */
  file: string;
  /**
   * `user` and `admin` stand behind the gateway's JWT authorizer; who is an admin is decided by the handler.
   * `none` takes an optional Bearer token, which the handler verifies.
   */
  auth: "none" | "user" | "admin";
}

/** Every path of the API, in its canonical spelling (with the trailing slash). Paths and methods not here are a 404. */
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

  "GET /api/health/": { file: "health", auth: "none" },
  "GET /api/health/live/": { file: "health-live", auth: "none" },
  "GET /api/health/ready/": { file: "health-ready", auth: "none" },

  "GET /api/ops/cache/stats/": { file: "ops-stats", auth: "admin" },
  "GET /api/ops/cache/keys/": { file: "ops-keys", auth: "admin" },
  "POST /api/ops/cache/invalidate/": { file: "ops-invalidate", auth: "admin" },
  "GET /api/ops/cache/invalidations/{id}/": { file: "ops-invalidation", auth: "admin" },
  "POST /api/ops/cache/warm/": { file: "ops-warm", auth: "admin" },
  "POST /api/ops/cache/clear/": { file: "ops-clear", auth: "admin" },
} as const satisfies Record<`${Method} /api/${string}/`, Route>;

export type RouteKey = keyof typeof routes;

/** Handler of API Gateway's `$default` route: whatever no route matches is the contract's 404, without an authorizer. */
export const DEFAULT_ROUTE = "not-found";

/**
 * Takes preflights of every path but `/`. Without it they would go to `$default`, which takes OPTIONS although CORS is
 * configured, and would share its low throttle with scanners.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
export const PREFLIGHT_ROUTE = "OPTIONS /{proxy+}";

/** Both spellings of a route's path: with the trailing slash and without. */
export function spellings(route: string): string[] {
  return [route, route.replace(/\/$/, "")];
}

/** One route key to deploy, as `HEAD /api/problems`. */
export interface DeployedRoute extends Route {
  key: string;
}

/**
 * Every route key that a gateway needs beside `$default`: both spellings of each path, a HEAD beside each GET, and
 * preflights. API Gateway takes at most 300 routes an API.
 */
export function deployedRoutes(table: Readonly<Record<string, Route>> = routes): DeployedRoute[] {
  const paths = Object.entries(table).flatMap(([route, { file, auth }]) => {
    const methods = route.startsWith("GET ") ? [route, route.replace("GET ", "HEAD ")] : [route];
    return methods.flatMap(spellings).map((key) => ({ key, file, auth }));
  });
  return [...paths, { key: PREFLIGHT_ROUTE, file: DEFAULT_ROUTE, auth: "none" }];
}

/** Header by which CloudFront proves to a function that a request came through it. */
export const ORIGIN_HEADER = "x-origin-secret";

/** Period over which the firewall counts: 5 minutes. It estimates the counts about every 10 s. */
export const WINDOW_SECONDS = 300;

/** A rate rule of the firewall: the number of requests that an address may send in `WINDOW_SECONDS`. */
export interface EdgeRule {
  readonly name: string;
  readonly counts: "searches" | "operations" | "everything else";
  readonly limit: number;
}

/**
 * Rules in the order of their evaluation; the first one whose limit is exceeded applies. `requests` counts searches
 * too. Fifty pages behind one address that poll two paths every 5 s send 6,000 requests in 5 minutes. Operators are counted
 * separately: a flood from their network must not lock them out, and strangers must not use up the gateway's throttle
 * of their routes.
 */
export const EDGE_RULES: readonly EdgeRule[] = [
  { name: "operations", counts: "operations", limit: 600 },
  { name: "searches", counts: "searches", limit: 600 },
  { name: "requests", counts: "everything else", limit: 6_000 },
];

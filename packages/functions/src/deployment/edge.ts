/** Header by which CloudFront shows a function that a request came through it. */
export const ORIGIN_HEADER = "x-origin-secret";

/** Time over which the firewall counts: 5 minutes. It looks every 10 s or so, and is never exact. */
export const WINDOW_SECONDS = 300;

/** A rate rule of the firewall: what an address may send in `WINDOW_SECONDS`. */
export interface EdgeRule {
  readonly name: string;
  readonly counts: "searches" | "operations" | "everything else";
  readonly limit: number;
}

/**
 * Rules, the first of those that fit. Fifty pages behind one address that poll two paths every 5 s are 6,000 requests.
 * Operators are counted apart: a flood from their network must not lock them out, and strangers must not use up the
 * gateway's throttle of their routes.
 */
export const EDGE_RULES: readonly EdgeRule[] = [
  { name: "operations", counts: "operations", limit: 600 },
  { name: "searches", counts: "searches", limit: 600 },
  { name: "requests", counts: "everything else", limit: 6_000 },
];

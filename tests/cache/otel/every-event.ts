import type { CacheEvent } from "@algoitny/cache";

/** One event of each type. */
const ONE_OF_EACH: { [Type in CacheEvent["type"]]: CacheEvent & { type: Type } } = {
  hit: { type: "hit", resource: "book", key: "k", l1: true, ageMs: 1, bytes: 1, storeMs: 1 },
  stale: { type: "stale", resource: "book", key: "k", why: "refreshing", ageMs: 1 },
  miss: { type: "miss", resource: "book", key: "k", reason: "absent" },
  "lease-denied": { type: "lease-denied", resource: "book", key: "k" },
  collapsed: { type: "collapsed", resource: "book", key: "k", where: "fleet" },
  load: { type: "load", resource: "book", key: "k", loadMs: -5, outcome: "not-found" },
  filled: { type: "filled", resource: "book", key: "k", bytes: 1, freshMs: 1 },
  "fill-refused": { type: "fill-refused", resource: "book", key: "k", why: "unfenced" },
  "fill-failed": { type: "fill-failed", resource: "book", key: "k", error: new TypeError("k") },
  unrecorded: {
    type: "unrecorded",
    resource: "book",
    key: "k",
    why: "foreign-read",
    what: "rates.example",
  },
  emptied: { type: "emptied", resource: "book", key: "k", by: ["books: item"] },
  shadow: { type: "shadow", resource: "book", key: "k", outcome: "different", ageMs: 1 },
  deferred: { type: "deferred", resource: "book", key: "k" },
  verified: { type: "verified", resource: "book", key: "k", verdict: "stale", windowMs: 60_000 },
  "verify-failed": { type: "verify-failed", resource: "book", key: "k", error: new Error("k") },
  "store-failed": {
    type: "store-failed",
    operation: "mget",
    error: Object.assign(new Error("k"), { code: "store_failed" }),
  },
  breaker: { type: "breaker", state: "open" },
  invalidated: { type: "invalidated", tags: ["a", "b"], soft: true, storeMs: 1 },
  "unseen-write": { type: "unseen-write", operation: "ExecuteStatement" },
  "change-left-open": { type: "change-left-open", tags: ["a"], error: new Error("k") },
  deleted: { type: "deleted", keys: ["k", "l"] },
  pattern: { type: "pattern", pattern: "*", resources: [], entries: 1, done: true },
};

/** Events that together contain every attribute. */
export const EVERY_EVENT: readonly CacheEvent[] = [
  ...Object.values(ONE_OF_EACH),
  { ...ONE_OF_EACH.hit, l1: false },
  { ...ONE_OF_EACH.stale, why: "soft-timeout" },
  { ...ONE_OF_EACH.load, outcome: "failed" },
];

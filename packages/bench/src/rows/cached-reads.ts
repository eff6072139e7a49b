/** Cached reads that are measured, by request. Lists and statistics have goals; the other kind, `one`, has none. */
export const READS = {
  "GET /api/problems/": { file: "list-problems", kind: "list" },
  "GET /api/problems/?page_size=200": { file: "list-problems", kind: "list" },
  "GET /api/problems/7/": { file: "get-problem", kind: "one" },
  "GET /api/problems/1/testcases/": { file: "list-test-cases", kind: "one" },
  "GET /api/account/stats/": { file: "get-account-stats", kind: "statistics" },
  "GET /api/history/": { file: "list-history", kind: "list" },
  "GET /api/history/7/": { file: "get-history", kind: "one" },
} as const;

export type Name = keyof typeof READS;

/** CORS settings of the API, except the allowed origins, which are configuration. */
export const cors = {
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  headers: ["authorization", "content-type", "if-match", "if-none-match", "if-unmodified-since"],
  exposedHeaders: [
    "ETag",
    "Link",
    "Location",
    "X-Total-Count",
    "Cache-Status",
    "Age",
    "Server-Timing",
    "Retry-After",
  ],
  /** Longest time that a browser may cache a preflight: clients poll every few seconds. */
  maxAgeSeconds: 3_600,
} as const;

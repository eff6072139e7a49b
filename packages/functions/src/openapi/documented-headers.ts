/** Header of an answer: its meaning, and its possible values. */
interface HeaderFacts {
  description: string;
  pattern?: string;
  example?: string;
}

/** Headers of answers, each described once. */
export const responseHeaders = {
  Age: {
    description:
      "Seconds since the answer was made (RFC 9111); absent from one made for this request.",
    pattern: "^\\d+$",
  },
  "Cache-Control": {
    description:
      "`no-cache`: copies may be stored but must be revalidated; with `private` for user data.",
  },
  "Cache-Groups": {
    description:
      "Tags that a write has invalidated (RFC 9875), for admins that send `Cache-Debug`.",
  },
  "Cache-Status": {
    description: "Hit, miss or stale, and the remaining lifetime (RFC 9211).",
    pattern: "^algoitny; ?(hit|fwd=)",
    example: "algoitny; hit; ttl=297",
  },
  "Content-Security-Policy": { description: "The page may load nothing from any origin." },
  ETag: {
    description: "Strong validator of the answer, for `If-None-Match` and `If-Match` (RFC 9110).",
    pattern: '^"[^"]+"$',
  },
  "Last-Modified": { description: "Last change by an editor, or the creation, in whole seconds." },
  Link: {
    description: "Pages `first`, `prev`, `next` and `last` (RFC 8288).",
    pattern: "^<[^>]+>; rel=",
  },
  Location: {
    description: "Address of the item, of its list, or of the job's progress.",
    pattern: "^/api/",
  },
  "Retry-After": { description: "Seconds to wait before another try.", pattern: "^\\d+$" },
  "Server-Timing": {
    description:
      "State of the cache, time of the load, number of requests to the database and of invalidated tags.",
    example: 'cache;desc="MISS";dur=1.2, load;dur=8.4, db;desc="3 reads"',
  },
  Vary: { description: "Request headers that the answer depends on." },
  "WWW-Authenticate": { description: "Challenge of a 401 (RFC 6750).", pattern: "^Bearer" },
  "X-Content-Type-Options": { description: "Always `nosniff`.", pattern: "^nosniff$" },
  "X-Total-Count": { description: "Number of elements on all pages.", pattern: "^\\d+$" },
} as const satisfies Record<string, HeaderFacts>;

export type ResponseHeader = keyof typeof responseHeaders;

/** Conditional headers of requests (RFC 9110 §13), and the one for debugging. */
export const requestHeaders = {
  "If-None-Match":
    "Entity tags that the client has: if the item has one of them, a GET is answered with 304, a write with 412.",
  "If-Match": "Entity tags of which the item must have one: else 412.",
  "If-Unmodified-Since": "Date since which the item must not have changed: else 412.",
  "Cache-Debug": "Any value: the answer lists the invalidated tags in `Cache-Groups`.",
} as const;

export type RequestHeader = keyof typeof requestHeaders;

/** A header that may be absent is written with `?`. */
export type HeaderUse = ResponseHeader | `${ResponseHeader}?`;

/** Headers of an answer, as the document lists them. */
export function describeHeaders(uses: readonly HeaderUse[]): Record<string, unknown> {
  return Object.fromEntries(
    uses.map((use) => {
      const name = use.replace("?", "") as ResponseHeader;
      const { description, pattern, example }: HeaderFacts = responseHeaders[name];
      const schema = {
        type: "string",
        ...(pattern && { pattern }),
        ...(example && { examples: [example] }),
      };
      return [name, { description, ...(name === use && { required: true }), schema }];
    }),
  );
}

/** Component `parameters`: each documented request header once. */
export function headerParameters(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(requestHeaders).map(([name, description]) => [
      name,
      { name, in: "header", description, schema: { type: "string" } },
    ]),
  );
}

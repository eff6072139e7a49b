import type { CdnTagHeader } from "./cdn-tags.ts";
import { ageSeconds, cacheStatus, type HttpReading } from "./cache-status.ts";
import { isNotModified } from "./conditional.ts";
import type { Asked } from "./fields.ts";
import { negotiate } from "./negotiate.ts";
import { type Content, contentOf, etagOf, offerOf } from "./representation.ts";
import { replayable } from "./stored-headers.ts";

/**
 * Body and headers of a 404 or 406, their names in lower case. They replace headers that are stored with the entry, and
 * the cache's own replace them.
 */
export interface ErrorBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** "Not found", or no acceptable coding. */
export type ErrorStatus = 404 | 406;

export interface ResponseOptions {
  /** Name of this cache in Cache-Status. Default "cache". */
  cacheName?: string;
  /** Default: the Cache-Control stored with the entry, otherwise "no-cache": copies may be stored but must be revalidated. */
  cacheControl?: string;
  /** Headers that list the entry's tags for a CDN, which can then purge by them (`cdnNames`). Default: none. */
  cdnTags?: CdnTagHeader | readonly CdnTagHeader[];
  /** Request headers on which the response depends, in addition to Accept-Encoding. */
  vary?: readonly string[];
  /** Body for 404 and 406. Default, also for undefined: an RFC 9457 problem document. */
  errorBody?: (status: ErrorStatus) => ErrorBody | undefined;
  /** The time in ms since the epoch, for Age and for `ttl` in Cache-Status. */
  now?: () => number;
}

/** An answer that each adapter writes in its format. Header names are in lower case. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Content;
}

const CONTENT_TYPES = {
  json: "application/json",
  bytes: "application/octet-stream",
  custom: "",
} as const;
const TITLES = { 404: "Not Found", 406: "Not Acceptable" } as const;

/** Stored headers that a 304 repeats, in addition to those made for each answer (RFC 9110 §15.4.5). */
const REPEATED_IN_304 = new Set(["content-location", "expires", "last-modified"]);

/**
 * Answers a GET or HEAD from a read: 200 with the entry's body in the client's preferred coding, 304 if the client's copy
 * is current, 404 for "not found", 406 if every coding, `identity` included, is refused. HEAD gets the headers of GET and no
 * body.
 */
export async function createReply(
  asked: Asked,
  reading: HttpReading,
  options: ResponseOptions = {},
): Promise<Reply> {
  if (!reading?.entry?.header) return (await refusals()).refuseReading();
  const { entry } = reading;
  const stored = replayable(entry.header.headers);
  const vary = varyOf([
    "Accept-Encoding",
    ...(options.vary ?? []),
    ...(stored["vary"]?.split(",") ?? []),
  ]);
  const { cdnTags } = options;
  const always = {
    ...freshnessHeaders(reading, stored, options),
    ...(cdnTags && (await import("./cdn-tags.ts")).cdnHeaders(cdnTags, reading.tags)),
    vary,
  };
  const head = asked.method === "HEAD";
  if (entry.header.status === 404) return errorReply(404, { options, head }, always, stored);

  if (entry.header.kind === "custom") (await refusals()).refuseSerialized();
  const coding = negotiate(asked.header("accept-encoding"), offerOf(entry));
  if (!coding) return errorReply(406, { options, head }, { vary });

  const etag = etagOf(entry, coding);
  if (await isNotModified(asked, { etag, lastModified: stored["last-modified"] })) {
    const repeated = Object.entries(stored).filter(([name]) => REPEATED_IN_304.has(name));
    const headers = { ...Object.fromEntries(repeated), ...always, etag };
    return { status: 304, headers, body: null };
  }
  // The read left out the body, because the client has it; but this request asks for another coding than the client has.
  if (reading.whole && !head) return createReply(asked, await reading.whole(), options);
  const headers = {
    "content-type": CONTENT_TYPES[entry.header.kind],
    ...stored,
    ...(coding !== "identity" && { "content-encoding": coding }),
    ...always,
    etag,
  };
  return { status: 200, headers, body: head ? null : await contentOf(entry, coding) };
}

const refusals = () => import("./unsendable.ts");

/** Cache-Control, Cache-Status and Age, for every reply except a 406. */
function freshnessHeaders(
  reading: HttpReading,
  stored: Readonly<Record<string, string>>,
  { cacheName = "cache", cacheControl, now = Date.now }: ResponseOptions,
): Record<string, string> {
  const nowMs = now();
  // Age means that an answer was not made for this request (RFC 9111 §5.1), so a loaded answer has none.
  const reused = reading.status === "hit" || reading.status === "stale";
  return {
    "cache-control": cacheControl ?? stored["cache-control"] ?? "no-cache",
    "cache-status": cacheStatus(cacheName, reading, nowMs),
    ...(reused && { age: String(ageSeconds(reading.entry, nowMs)) }),
  };
}

function errorReply(
  status: ErrorStatus,
  { options, head }: { options: ResponseOptions; head: boolean },
  always: Readonly<Record<string, string>>,
  stored?: Readonly<Record<string, string>>,
): Reply {
  const { body, headers } = options.errorBody?.(status) ?? problem(status);
  return { status, headers: { ...stored, ...headers, ...always }, body: head ? null : body };
}

function problem(status: ErrorStatus): ErrorBody {
  return {
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({ type: "about:blank", title: TITLES[status], status }),
  };
}

/** Each name once, regardless of case; the first spelling stays. */
function varyOf(names: readonly string[]): string {
  const spellings = new Map<string, string>();
  for (const name of names.map((given) => given.trim())) {
    if (name !== "" && !spellings.has(name.toLowerCase())) spellings.set(name.toLowerCase(), name);
  }
  return [...spellings.values()].join(", ");
}

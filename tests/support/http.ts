import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { vi } from "vitest";
import { Cache, MemoryStore } from "@algoitny/cache";
import type { HttpReading } from "@algoitny/cache/http";
import {
  cacheResponse,
  type CacheResponseOptions,
  type HttpApiEvent,
  type LambdaResult,
} from "@algoitny/cache/lambda";
import { VirtualClock } from "@algoitny/cache/testing";
import { encodeBody } from "../../packages/cache/src/encode.ts";
import type { EntryHeader } from "../../packages/cache/src/protocol/entry.ts";

export const START_MS = 1_700_000_000_000;

/** Long enough to be stored in Brotli. */
export const LONG_LIST = Array.from({ length: 100 }, (_, id) => ({ id, title: `Title of ${id}` }));

/** A read that hit an entry one minute old with nine minutes left; `reading` and `header` change it. */
export async function readingOf(
  value: unknown,
  {
    header = {},
    ...reading
  }: Partial<Omit<HttpReading, "entry">> & { header?: Partial<EntryHeader> } = {},
): Promise<HttpReading> {
  const { body, coding, kind, etag, plainLength } = await encodeBody(value, { compression: "br" });
  const entryHeader: EntryHeader = {
    fingerprint: "1",
    createdMs: START_MS - 60_000,
    freshUntilMs: START_MS + 540_000,
    staleUntilMs: START_MS + 540_000,
    errorUntilMs: START_MS + 540_000,
    loadMs: 5,
    stamps: [],
    status: 200,
    etag,
    coding,
    kind,
    headers: {},
    plainLength,
    tagsDigest: "",
    valueTags: [],
    validator: null,
    ...header,
  };
  const entry = { id: "secret-id", header: entryHeader, body };
  return { status: "hit", stored: false, collapsed: false, entry, ...reading };
}

/** An API Gateway v2 event for a URL on api.example.com. */
export function eventOf(
  url: string,
  {
    method = "GET",
    headers = {},
    claims,
  }: { method?: string; headers?: Record<string, string>; claims?: Record<string, unknown> } = {},
): HttpApiEvent & { body?: string } {
  const { pathname, search, hostname, searchParams } = new URL(url, "https://api.example.com");
  return {
    version: "2.0",
    routeKey: `${method} ${pathname}`,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: { host: hostname, ...headers },
    ...(search !== "" && { queryStringParameters: Object.fromEntries(searchParams) }),
    requestContext: {
      http: { method, path: pathname },
      domainName: hostname,
      stage: "$default",
      ...(claims && { authorizer: { jwt: { claims } } }),
    },
  };
}

/** The bytes of a response after its content coding is undone. */
export function contentOf({ body, isBase64Encoded, headers }: LambdaResult): Buffer {
  const sent = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (headers["content-encoding"] === "br") return brotliDecompressSync(sent);
  return headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
}

/** `cacheResponse` over a store in memory and a clock that stands still. */
export function cachedHandlers(options: Partial<CacheResponseOptions> = {}) {
  const clock = new VirtualClock(START_MS);
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, random: () => 0.5 });
  const wrap = cacheResponse({ cache, name: "page", ttl: "5 minutes", now: clock.now, ...options });
  return { cache, store, clock, wrap };
}

export type Answer = Partial<LambdaResult> | Error;

/** A cached handler of `/a` that returns the answers in turn, then the last one repeatedly; it throws those that are errors. */
export function answering(options: Partial<CacheResponseOptions>, ...answers: readonly Answer[]) {
  const setup = cachedHandlers(options);
  let next = 0;
  const handler = vi.fn<() => Promise<Answer>>(async () => {
    const answer = answers[Math.min(next, answers.length - 1)];
    next += 1;
    if (answer instanceof Error) throw answer;
    return { statusCode: 200, ...answer };
  });
  const wrapped = setup.wrap(handler);
  const ask = (method = "GET") => wrapped(eventOf("/a", { method }), {});
  return { ...setup, handler, ask };
}

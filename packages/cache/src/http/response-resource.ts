import type { Duration } from "../duration.ts";
import type { Entry } from "../protocol/entry.ts";
import { encodeSegment } from "../key.ts";
import { defineResource } from "../define-resource.ts";
import { type CommonOptions, Loaded, type Resource, type ThrottledTag } from "../resource.ts";
import { parseTag, type Tag } from "../tag.ts";
import { type KeyParts, keyOfParts } from "./key-parts.ts";
import type { ErrorBody } from "./create-reply.ts";
import { type Answer, NOT_FOUND_BODY_LIMIT, refusal, type SharingRules } from "./storable.ts";
import { replayable } from "./stored-headers.ts";

/** One request for a cached response. */
export interface ResponseParams<Request> {
  readonly keyParts: KeyParts;
  /** The request with only the parts of its key. */
  readonly request: Request;
}

/** The handler as a source of loads, for one request. */
export interface ResponseSource<Native> {
  readonly run: () => Promise<Answer<Native>>;
  readonly rules: SharingRules;
  /** Receives a response that only this client may get. */
  readonly keepApart: (native: Native) => void;
}

/** Undefined means a remembered 404, whose body is stored as a note with the entry. */
export type ResponseResource<Request, Native> = Resource<
  ResponseParams<Request>,
  Uint8Array | undefined,
  ResponseSource<Native>
>;

export interface ResponseResourceOptions<Request> extends Pick<CommonOptions, "mode" | "ramp"> {
  /** First part of every key; unique to one handler. Letters, digits, `_`, `-` and `.`, but not digits alone. */
  name: string;
  /** Time for which a response is served without revalidation. */
  ttl: Duration;
  /**
   * Time after `ttl` for which a response may be served while one instance calls the handler again, or when that fails.
   * Default: none.
   */
  staleWhileRevalidate?: Duration;
  /** Lifetime of a 404; at most `ttl`. Default: not stored. */
  negativeTtl?: Duration;
  /** Tags that invalidate the response; the request contains only what the key covers. */
  tags?: (request: Request) => readonly (Tag | ThrottledTag)[];
}

/** A 5xx: it fails the load, so that a stale response may be served instead; otherwise `cachedHandler` sends the 5xx. */
export class FailedResponse extends Error {
  readonly copy: () => unknown;

  constructor({ copy, status }: Answer<unknown>) {
    super(`the handler answered ${status}`);
    this.copy = copy;
  }
}

/** Notes among an entry's headers; no HTTP header's name starts with ":". */
const NOT_SHARED = ":not-shared";
const NOT_FOUND_BODY = ":body";

/** API Gateway waits 30 s for a handler (HTTP API), or 29 s by default (REST API): a longer load has no reader left. */
const HANDLER_LIMIT = "30 seconds";

/** The resource whose value is a response's body and whose stored headers are the response's. */
export function defineResponse<Request, Native>(
  options: ResponseResourceOptions<Request>,
): ResponseResource<Request, Native> {
  const { name, ttl, staleWhileRevalidate = "0 seconds", negativeTtl = false, tags } = options;
  const { mode, ramp } = options;
  return defineResource({
    ...(mode && { mode }),
    ...(ramp !== undefined && { ramp }),
    name,
    key: ({ keyParts }: ResponseParams<Request>) => keyOfParts(keyParts),
    tags: ({ keyParts, request }) => [uriTag(keyParts), ...(tags?.(request) ?? [])],
    ttl,
    staleWhileRevalidate,
    negativeTtl,
    enqueueRefresh: false,
    hardTimeout: HANDLER_LIMIT,
    load: async (_, { run, rules, keepApart }: ResponseSource<Native>) => {
      const answer = await run();
      let reason = refusal(answer, rules);
      if (reason === "status" && answer.status >= 500) throw new FailedResponse(answer);
      if (reason === undefined) {
        const bytes = await answer.bytes();
        if (answer.status === 200 || bytes.length <= NOT_FOUND_BODY_LIMIT)
          return toLoaded(answer, bytes);
        reason = "too-large";
      }
      keepApart(answer.native);
      return new Loaded<Uint8Array | undefined>(new Uint8Array(), {
        store: false,
        headers: { [NOT_SHARED]: reason },
      });
    },
  });
}

/** Tag of every response to one URI, with any query and headers: an unsafe request to the URI invalidates them all. */
export function uriTag({ host, path }: Pick<KeyParts, "host" | "path">): Tag {
  return parseTag(`uri:${encodeSegment(host)}:${encodeSegment(path)}`);
}

/** Reason why the response belongs only to its own request; undefined: it may be shared. */
export function notShared(headers: Readonly<Record<string, string>>): string | undefined {
  return headers[NOT_SHARED];
}

/** The body of a remembered 404; undefined for any other entry. Its headers are the entry's. */
export function notFoundBody({ header }: Entry): ErrorBody | undefined {
  const body = header.headers[NOT_FOUND_BODY];
  return body === undefined ? undefined : { headers: {}, body: Buffer.from(body, "base64") };
}

function toLoaded(
  { status, headers }: Answer<unknown>,
  bytes: Uint8Array,
): Loaded<Uint8Array | undefined> {
  const kept = replayable(headers);
  if (status === 200) return new Loaded<Uint8Array | undefined>(bytes, { headers: kept });
  const body = Buffer.from(bytes).toString("base64");
  return new Loaded<Uint8Array | undefined>(undefined, {
    headers: { ...kept, [NOT_FOUND_BODY]: body },
  });
}

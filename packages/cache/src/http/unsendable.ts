import { warnOfUnknown } from "../call-faults.ts";
import { CacheError, refuse } from "../errors.ts";
import { describe } from "../faults.ts";
import { checkCdnTags } from "./cdn-tags.ts";

/** Refuses to send a text that only the resource's serializer reads. */
export function refuseSerialized(): never {
  const mend = "send what you make of `await entry.value()`";
  throw new CacheError("value_unsupported", `a serializer has written the entry: ${mend}`);
}

/** Refuses anything but a read of the cache. */
export function refuseReading(): never {
  return refuse("a reply is made from a read: pass what `await cache.getEntry(…)` returns");
}

/** Refuses anything but a Request. */
export function refuseRequest(): never {
  return refuse("toResponse: not a Request: for an event of Lambda use @algoitny/cache/lambda");
}

const REPLY_OPTIONS = ["cacheName", "cacheControl", "cdnTags", "vary", "errorBody", "now"];

/**
 * Checks the options of a reply: refuses options that cannot work, and warns of unknown ones. Callers skip the check for
 * hits, which must be fast: the next miss finds the mistake.
 */
export function checkReplyOptions(options: unknown): void {
  if (typeof options !== "object" || options === null)
    refuse(`the options of a reply are ${describe(options)}: pass an object`);
  const { vary = [], errorBody, now, cdnTags } = options as Readonly<Record<string, unknown>>;
  if (!Array.isArray(vary)) refuse(`vary is ${describe(vary)}: pass a list of names`);
  checkCdnTags(cdnTags, "cdnTags");
  for (const [name, given] of Object.entries({ errorBody, now }))
    if (given !== undefined && typeof given !== "function")
      refuse(`${name} is ${describe(given)}: pass a function`);
  warnOfUnknown(options, REPLY_OPTIONS, "a reply");
}

/** Refuses anything but a response of `node:http`. */
export function refuseResponse(): never {
  const mend = "pass request and response of node:http: in Fastify, request.raw and reply.raw";
  return refuse(`sendResponse: ${mend}`);
}

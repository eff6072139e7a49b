import type { Tag } from "@algoitny/cache";
import type { Caller } from "./identity.ts";
import type { HttpEvent } from "./http-event.ts";

/** Header by which a write asks for the invalidated tags: `Cache-Debug: 1`. Only admins' requests are heeded. */
const DEBUG_HEADER = "cache-debug";

/**
 * `Cache-Groups` (RFC 9875) of a write's answer: the tags of rules that the write has invalidated, each a string. Only
 * admins get it, because tags name problems, users and unpublished items.
 */
export function cacheGroups(
  event: HttpEvent,
  caller: Caller | null,
  tags: readonly Tag[],
): Record<string, string> {
  if (!caller?.admin || event.headers[DEBUG_HEADER] === undefined || tags.length === 0) return {};
  // Strings of RFC 9651 without escapes: parts of tags are percent-encoded, so that no tag contains a quote or a
  // backslash.
  return { "cache-groups": tags.map((tag) => `"${tag}"`).join(", ") };
}

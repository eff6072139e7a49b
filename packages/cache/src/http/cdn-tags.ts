import { refuse } from "../errors.ts";
import type { Invalidated } from "../engine/context.ts";
import { encodeSegment } from "../key.ts";
import { entryTag } from "../protocol/key-names.ts";

/** Headers by which CDNs get an answer's tags: Cloudflare's and others', Fastly's, and that of RFC 9875. */
export type CdnTagHeader = "cache-tag" | "surrogate-key" | "cache-groups";

const WRITTEN: Readonly<Record<CdnTagHeader, (names: readonly string[]) => string>> = {
  "cache-tag": (names) => names.join(","),
  "surrogate-key": (names) => names.join(" "),
  // Structured-field strings (RFC 9651 §3.3.3); no name has a quote or a backslash.
  "cache-groups": (names) => names.map((name) => `"${name}"`).join(", "),
};

/** Refuses any header but a `CdnTagHeader`. */
export function checkCdnTags(chosen: unknown, about: string): void {
  for (const header of [chosen ?? []].flat() as string[])
    if (!Object.hasOwn(WRITTEN, header))
      refuse(`${about} is ${JSON.stringify(header)}: pass ${Object.keys(WRITTEN).join(", ")}`);
}

/** Longest value of one header, in characters: API gateways take about 10 KB of headers in all, CDNs 16 KB of tags. */
const MOST_CHARACTERS = 8_192;

/** The chosen headers. An answer with too many tags cannot be purged by them, so no shared cache may store it. */
export function cdnHeaders(
  chosen: CdnTagHeader | readonly CdnTagHeader[],
  tags: readonly string[] = [],
): Record<string, string> {
  const names = tags.map(cdnName);
  const entries = [chosen].flat().map((header) => [header, WRITTEN[header](names)] as const);
  return entries.every(([, value]) => value.length <= MOST_CHARACTERS)
    ? Object.fromEntries(entries)
    : { "cache-control": "private, no-cache" };
}

/**
 * The names under which a CDN must purge an invalidation: `onInvalidate: (what) => purge(cdnNames(what))`, if answers are
 * sent with `cdnTags`.
 */
export function cdnNames({ tags, keys }: Pick<Invalidated, "tags" | "keys">): string[] {
  return [...tags, ...keys.map(entryTag)].map(cdnName);
}

/** A tag with percent-encoding for the characters that one of the headers could not carry. */
function cdnName(tag: string): string {
  return tag.replace(/[^\x21-\x7e]|[",\\]/gu, encodeSegment);
}

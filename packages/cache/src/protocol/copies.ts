import { checksum } from "./entry.ts";
import { entryText } from "./write-entry.ts";

/** Hexadecimal digits of a checksum. */
const CHECKSUM_LENGTH = 8;

/** Text that the header of every entry with a value contains: its status, before its ETag. */
export const ANY_ETAG = ',200,"';

/**
 * Texts that only a header line with this ETag contains: as the entry's ETag, or as that of a stored header `etag`. JSON
 * escapes quotes in values.
 */
export function etagFields(etag: string): string[] {
  return [`${ANY_ETAG}${etag}","`, `"etag":"${etag}"`];
}

/**
 * Text of an entry for a client that has a copy: without body, and without stamps if they are current. Null if the entry
 * has none of the ETags, or other stamps.
 */
export function headFor(
  text: string,
  { stamps, etags }: { stamps: readonly (string | null)[]; etags: readonly string[] },
): string | null {
  const [, id, line, rest = ""] = /^([^\n]*)\n([^\n]*)\n([^\n]*\n)/.exec(text) ?? [];
  const isCurrent = line === stamps.join(" ") && !stamps.includes(null);
  return isCurrent && etags.some((etag) => rest.includes(etag)) ? `${id}\n\n${rest}` : null;
}

/** The same text as that of an entry without a body, with `stamps` as its stamps. */
export function bodylessText(head: string, stamps: readonly string[]): string {
  const [id = "", , rest = ""] = head.split("\n");
  const ofHeader = rest.slice(0, CHECKSUM_LENGTH);
  const line = rest.slice(2 * CHECKSUM_LENGTH);
  return entryText(id, stamps, `${ofHeader}${checksum("")}${line}\n`);
}

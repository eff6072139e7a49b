import { checksum } from "./entry.ts";
import { entryText } from "./write-entry.ts";

/** Hexadecimal digits of a checksum. */
const CHECKSUM_LENGTH = 8;

/** Text that the header of every entry with a value contains: its status, before its ETag. */
export const ANY_ETAG = ',200,"';

/**
 * Texts that only a header line with this ETag contains: as the entry's ETag, or as that of a stored header `etag`. No
 * other text in the line contains them, because JSON escapes its quotes.
 */
export function etagFields(etag: string): string[] {
  return [`${ANY_ETAG}${etag}","`, `"etag":"${etag}"`];
}

/**
 * Text of an entry, without its stamps and body, for a client that has a copy of the body. Null if the entry has none of
 * the ETags, or if its stamps are not current.
 */
export function headFor(
  text: string,
  { stamps, etags }: { stamps: readonly (string | null)[]; etags: readonly string[] },
): string | null {
  const [, id, line, rest = ""] = /^([^\n]*)\n([^\n]*)\n([^\n]*\n)/.exec(text) ?? [];
  const isCurrent = line === stamps.join(" ") && !stamps.includes(null);
  return isCurrent && etags.some((etag) => rest.includes(etag)) ? `${id}\n\n${rest}` : null;
}

/** Converts a result of `headFor` to the text of an entry with these stamps and an empty body. */
export function bodylessText(head: string, stamps: readonly string[]): string {
  const [id = "", , rest = ""] = head.split("\n");
  const ofHeader = rest.slice(0, CHECKSUM_LENGTH);
  const line = rest.slice(2 * CHECKSUM_LENGTH);
  return entryText(id, stamps, `${ofHeader}${checksum("")}${line}\n`);
}

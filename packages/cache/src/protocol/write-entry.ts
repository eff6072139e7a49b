import { checksum, type Entry, FIELDS } from "./entry.ts";

/** The stored id that an entry's text starts with. */
export function storedIdOf(text: string): string {
  return text.slice(0, text.indexOf("\n"));
}

/**
 * Writes what follows an entry's id and stamps, which the store's script writes: a line with checksum and header (JSON
 * array), then the body untouched.
 */
export function encodeRest({ header, body }: Pick<Entry, "header" | "body">): string {
  const line = JSON.stringify(FIELDS.map((name) => header[name]));
  return `${checksum(line, body)} ${line}\n${body}`;
}

/** Text of an entry in the store: a line with version and id, a line of stamps, then the rest. */
export function entryText(id: string, stamps: readonly string[], rest: string): string {
  return `${id}\n${stamps.join(" ")}\n${rest}`;
}

import { checksum, type Entry, FIELDS } from "./entry.ts";

/** The stored id that an entry's text starts with. */
export function storedIdOf(text: string): string {
  return text.slice(0, text.indexOf("\n"));
}

/** The stamps in an entry's text. */
export function stampsIn(text: string): string[] {
  return (text.split("\n", 2)[1] ?? "").split(" ");
}

/** The body in an entry's text, if the text starts with this stored id. */
export function bodyIn(text: string | null, storedId: string): string | null {
  if (text === null || storedIdOf(text) !== storedId) return null;
  return text.split("\n").slice(3).join("\n");
}

/**
 * Writes an entry's text without the lines of id and stamps, which the store adds: a line with checksums and header
 * (JSON array), then the unchanged body.
 */
export function encodeRest({ header, body }: Pick<Entry, "header" | "body">): string {
  const line = JSON.stringify(
    FIELDS.map((name) => header[name]).filter((field) => field !== undefined),
  );
  return `${checksum(line)}${checksum(body)} ${line}\n${body}`;
}

/** Text of an entry in the store: a line with version and id, a line of stamps, then the rest. */
export function entryText(storedId: string, stamps: readonly string[], rest: string): string {
  return `${storedId}\n${stamps.join(" ")}\n${rest}`;
}

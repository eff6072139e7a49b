/** Header names and values; repeated ones are joined by commas. Null and undefined stand for a header that is absent. */
export type Fields = Readonly<Record<string, string | null | undefined>>;

/** The parts of a request on which an answer depends. */
export interface Asked {
  readonly method: string;
  /** The value of a header by its name in lower case; undefined when it is absent, "" when it is empty. */
  readonly header: (name: string) => string | undefined;
}

/**
 * The value of a header by its name in lower case, which `headers` may spell in any case; undefined when it is absent.
 */
export function headerOf(headers: Fields, name: string): string | undefined {
  return (
    headers[name] ??
    Object.entries(headers).find(([other]) => other.toLowerCase() === name)?.[1] ??
    undefined
  );
}

/** Members of a comma-separated header, trimmed and in lower case. */
export function listOf(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== "");
}

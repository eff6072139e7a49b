import * as z from "zod";

/** Longest search text: 100 characters, after trimming. */
export const SEARCH_LIMIT_CHARACTERS = 100;

/** A whole number in a URL. One spelling each (`7`, not `07`, `+7` or `7.0`), so that one number has one cache key. */
export function wholeNumber(limits: { min: number; max: number }) {
  const error = `write a whole number from ${limits.min} to ${limits.max}`;
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/, { error })
    .transform(Number)
    .pipe(z.number().min(limits.min, { error }).max(limits.max, { error }));
}

/** An id in a path. */
export const IdParameter = wholeNumber({ min: 1, max: 999_999_999_999 });

/** A flag in a URL: `true` or `false`. */
export const FlagParameter = z
  .enum(["true", "false"], { error: "write true or false" })
  .transform((text) => text === "true");

/** Text in a request's body. Half a character (a lone surrogate) can't be stored, so it is refused here. */
export const BodyText = z.string().refine((text) => text.isWellFormed(), {
  error: "write well-formed Unicode: there is half of a surrogate pair in it",
});

/** A text that may be left out, or empty, to say "any". */
export const OptionalText = z
  .string()
  .transform((text) => text.trim() || undefined)
  .optional();

/** Text to look for: trimmed and in lower case, so that one search has one cache key; empty is none. */
export const SearchParameter = z
  .string()
  .trim()
  .max(SEARCH_LIMIT_CHARACTERS, { error: `write at most ${SEARCH_LIMIT_CHARACTERS} characters` })
  .transform((text) => foldCase(text) || undefined)
  .optional();

/** Makes texts comparable without regard to case. */
export function foldCase(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

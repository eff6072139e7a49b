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

/** Page size up to `max`: a higher number is taken as the limit, because existing clients ask for more. */
export function pageSize({ max }: { max: number }) {
  return z
    .string()
    .regex(/^[1-9]\d*$/, { error: "write a whole number from 1 on" })
    .transform((text) => Math.min(Number(text), max));
}

/** An id in a path. */
export const IdParameter = wholeNumber({ min: 1, max: 999_999_999_999 });

/** A flag in a URL: `true` or `false`, in any case as existing clients write `True`. */
export const FlagParameter = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["true", "false"], { error: "write true or false" }))
  .transform((text) => text === "true");

/** Text in a request's body. Half a character (a lone surrogate) can't be stored, so it is refused here. */
export const BodyText = z.string().refine((text) => text.isWellFormed(), {
  error: "write well-formed Unicode: there is half of a surrogate pair in it",
});

/** A field of a body that may be left out; null, which existing clients send for "nothing", counts as left out. */
export function orDefault<Output, Input>(schema: z.ZodType<Output, Input>, fallback: Output) {
  return schema.nullish().transform((value) => value ?? fallback);
}

/** A text that may be left out, or empty, to say "any". */
export const OptionalText = z
  .string()
  .transform((text) => text.trim() || undefined)
  .optional();

/** Text to look for: trimmed and case-folded, so that one search has one cache key; empty is none. */
export const SearchParameter = z
  .string()
  .normalize("NFC")
  .trim()
  .max(SEARCH_LIMIT_CHARACTERS, { error: `write at most ${SEARCH_LIMIT_CHARACTERS} characters` })
  .transform((text) => foldCase(text) || undefined)
  .optional();

/**
 * Lower-case characters that are not their own case folding (`ß`, final sigma, ligatures, Cherokee), with some neighbours.
 * Unicode's property Changes_When_Casefolded says the same and takes six times as long; a test compares the two.
 */
const MAY_FOLD =
  /[\u0345\u00b5\u00df\u0149\u017f\u03c2-\u03f5\u0587\u13f8-\u13fd\u1c80-\u1c88\u1e9a\u1e9b\u1f80-\u1fff\uab70-\uabbf\ufb00-\ufb17]/;

// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const ASCII = /^[\0-\x7f]*$/;

/**
 * Makes texts comparable without regard to case: Unicode's full case folding, in NFC. `Σ`, `σ` and `ς` are one, `ß` is
 * `ss`. Lower case is already the folding of nearly every text.
 */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const lower = text.normalize("NFC").toLowerCase();
  return MAY_FOLD.test(lower) ? foldFully(lower) : lower;
}

/** Upper case writes out what folds to several characters. Only `ı`, which is its own folding, has another letter's upper case. */
function foldFully(lower: string): string {
  const parts = lower.normalize("NFD").split("ı");
  const folded = parts.map((part) => part.toUpperCase().toLowerCase().replaceAll("ς", "σ"));
  return folded.join("ı").normalize("NFC");
}

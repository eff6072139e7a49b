import { config } from "zod/v4/core";
import messages from "zod/v4/locales/en.js";
import * as z from "zod/mini";
import { foldCase } from "./fold-case.ts";

// zod/mini has no error messages unless they are given.
config(messages());

/** Longest search text: 100 characters, after trimming. */
export const SEARCH_LIMIT_CHARACTERS = 100;

/** A whole number in a URL. Each has one spelling (`7`, not `07`, `+7` or `7.0`), so that one number has one cache key. */
export function wholeNumber(limits: { min: number; max: number }) {
  const error = `write a whole number from ${limits.min} to ${limits.max}`;
  return z
    .pipe(
      z.pipe(
        z.string().check(z.regex(/^(0|[1-9]\d{0,14})$/, { error })),
        z.transform((text: string) => Number(text)),
      ),
      z.number().check(z.minimum(limits.min, { error }), z.maximum(limits.max, { error })),
    )
    .check(z.meta({ jsonSchema: { type: "integer", minimum: limits.min, maximum: limits.max } }));
}

/** Page size up to `max`: a higher number counts as `max`, because existing clients ask for more. */
export function pageSize({ max }: { max: number }) {
  return z
    .pipe(
      z.string().check(z.regex(/^[1-9]\d*$/, { error: "write a whole number, 1 or more" })),
      z.transform((text: string) => Math.min(Number(text), max)),
    )
    .check(
      z.meta({
        jsonSchema: { type: "integer", minimum: 1 },
        description: `A number over ${max} is taken as ${max}.`,
      }),
    );
}

/** An id in a path or in an argument of GraphQL. */
export const IdParameter = wholeNumber({ min: 1, max: 999_999_999_999 });

/** A flag in a URL: `true` or `false`, case-insensitive, because existing clients write `True`. */
export const FlagParameter = z
  .pipe(
    z.pipe(
      z.string().check(z.toLowerCase()),
      z.enum(["true", "false"], { error: "write true or false" }),
    ),
    z.transform((text: "true" | "false") => text === "true"),
  )
  .check(
    z.meta({
      jsonSchema: { type: "boolean" },
      description: "`true` or `false`, case-insensitive.",
    }),
  );

/** A text that may be absent or empty, which means "any". */
export const OptionalText = z.optional(
  z.pipe(
    z.string(),
    z.transform((text: string) => text.trim() || undefined),
  ),
);

/** Search text: trimmed and case-folded, so that one search has one cache key; an empty text is not a search. */
export const SearchParameter = z.optional(
  z.pipe(
    z.string().check(
      z.normalize("NFC"),
      z.trim(),
      z.maxLength(SEARCH_LIMIT_CHARACTERS, {
        error: `write at most ${SEARCH_LIMIT_CHARACTERS} characters`,
      }),
    ),
    z.transform((text: string) => foldCase(text) || undefined),
  ),
);

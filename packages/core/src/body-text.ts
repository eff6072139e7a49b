import * as z from "zod/mini";

/** Text in a request's body. A lone surrogate (half a character) cannot be stored, so it is refused here. */
export const BodyText = z.string().check(
  z.refine((text) => text.isWellFormed(), {
    error: "write well-formed Unicode: there is half of a surrogate pair in it",
  }),
);

/** Any JSON. The OpenAPI document has an empty schema for it, because a complete one would be recursive. */
export const AnyJson = z
  .json()
  .check(z.meta({ id: "Json", jsonSchema: {}, description: "Any JSON value." }));

/** Trimmed text in a body; `min: 1` refuses an empty or blank one. */
export function trimmedText({ min = 0, max }: { min?: 0 | 1; max: number }) {
  return z.pipe(BodyText, z.string().check(z.trim(), z.minLength(min), z.maxLength(max))).check(
    z.meta({
      jsonSchema: { type: "string", maxLength: max, ...(min === 1 && { pattern: NOT_BLANK }) },
    }),
  );
}

/**
 * Pattern of a text that is not only blanks. The OpenAPI document needs the pattern, because limits that follow a
 * pipe are missing there.
 */
export const NOT_BLANK = "[^\\s\\ufeff]";

/** An optional field of a body; null, which existing clients send for "nothing", counts as absent. */
export function orDefault<Output, Input>(schema: z.core.$ZodType<Output, Input>, fallback: Output) {
  return z.pipe(
    z.nullish(schema),
    z.transform((value: Output | null | undefined) => value ?? fallback),
  );
}

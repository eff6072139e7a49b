import * as z from "zod/mini";

/** Text in a request's body. Half a character (a lone surrogate) can't be stored, so it is refused here. */
export const BodyText = z.string().check(
  z.refine((text) => text.isWellFormed(), {
    error: "write well-formed Unicode: there is half of a surrogate pair in it",
  }),
);

/** Any JSON; described in full it would refer to itself. */
export const AnyJson = z
  .json()
  .check(z.meta({ id: "Json", jsonSchema: {}, description: "Any JSON value." }));

/** Text in a body without the blanks around it; `min` 1 refuses one that is all blanks. */
export function trimmedText({ min = 0, max }: { min?: 0 | 1; max: number }) {
  return z.pipe(BodyText, z.string().check(z.trim(), z.minLength(min), z.maxLength(max))).check(
    z.meta({
      jsonSchema: { type: "string", maxLength: max, ...(min === 1 && { pattern: NOT_BLANK }) },
    }),
  );
}

/** For the API's document: limits of a trimmed text stand behind a pipe. */
export const NOT_BLANK = "[^\\s\\ufeff]";

/** A field of a body that may be left out; null, which existing clients send for "nothing", counts as left out. */
export function orDefault<Output, Input>(schema: z.core.$ZodType<Output, Input>, fallback: Output) {
  return z.pipe(
    z.nullish(schema),
    z.transform((value: Output | null | undefined) => value ?? fallback),
  );
}

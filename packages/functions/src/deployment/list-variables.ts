import { z } from "zod";

/** Says in a variable that there is none, where silence is not taken for an answer. */
export const NONE = "none";

/** A comma-separated list. */
export const List = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== "" && part !== NONE));

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

/** `CORS_ORIGINS`: the origins whose pages may read the API's answers. */
export const Origins = List.refine((origins) => origins.every(isOrigin), {
  error: "name the origins, as https://app.example.com: browsers refuse `*` with credentials",
});

/** Reads `CORS_ORIGINS`; undefined where it is not set. Throws when it makes no sense. */
export function readOrigins(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | undefined {
  const { CORS_ORIGINS: given } = env;
  if (!given) return undefined;
  const { data, error } = Origins.safeParse(given);
  if (error) throw new Error(`CORS_ORIGINS: ${error.issues[0]?.message}`);
  return data;
}
